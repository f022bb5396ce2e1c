import type { Codec } from "../codec.js";
import { mapFlagBits } from "../features/map-flag-bits.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel, type Mapping } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";

/** Bytes of an arena. */
export const arenaBytes = ({ facts }: MapHandle): number => facts.maxEntries * pageSize();

const hints: Readonly<Record<number, string>> = {
  [errno.EEXIST]:
    "Something is at the address of the arena's map_extra in this process already: another arena of the same object?",
  [errno.EINVAL]:
    "An arena without map_extra is where its first process mapped it; the kernel does not tell others where.",
};

/**
 * Maps an arena, unless it is, where its pointers mean the same as in the programs: at `map_extra`, or where the kernel chooses.
 *
 * @throws SyscallError EEXIST if something else is there; UsageError `closed`
 */
export function mapArena(handle: MapHandle): Mapping {
  if (handle.mapping !== null) return handle.mapping;
  const mapped = kernel().mmap(handle.fd, arenaBytes(handle), true, 0, handle.facts.extra);
  if (typeof mapped === "number") throw new SyscallError("mmap", -mapped, handle.label, hints[-mapped] ?? "");
  handle.useMemory(mapped);
  return mapped;
}

/**
 * BPF_MAP_TYPE_ARENA: up to 4 GiB of memory that programs and this process share, at the same addresses: what a
 * program has linked with pointers can be followed here. `maxEntries` is its pages. Linux 6.9.
 *
 * A page comes into being when a program allocates it (`bpf_arena_alloc_pages`), or when this process touches it.
 */
export class Arena extends BpfMap {
  /** Bytes. */
  get size(): number {
    return arenaBytes(this.handle);
  }

  /**
   * The memory itself, live; for Atomics and the like. Zeroes once the map is closed.
   *
   * @throws UsageError `closed`; `unsupported` for an arena with BPF_F_SEGV_ON_FAULT, where reading a page that no
   * program has allocated would end this process; SyscallError if it cannot be mapped here
   */
  get view(): DataView {
    if (this.#isGuarded)
      throw new UsageError(
        "unsupported",
        `${this.handle.label} is an arena with BPF_F_SEGV_ON_FAULT: touching a page that no program has allocated would end this process; read() and write() copy`,
      );
    return new DataView(this.#mapping.buffer);
  }

  /** The same as bytes. @throws as `view` */
  get bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer);
  }

  /** What programs and this process call the arena's first byte. @throws UsageError `closed`; SyscallError */
  get address(): bigint {
    return this.#mapping.address;
  }

  /**
   * Byte of the arena that a pointer of a program's names. Programs compute with the lower 32 bits alone; the upper
   * ones are the arena's, or zero (BPF_F_NO_USER_CONV).
   *
   * @throws UsageError `bad-value` for an address that is not in the arena, such as a null pointer
   */
  offsetOf(pointer: bigint): number {
    const { address, size } = this;
    const offset = Number(BigInt.asUintN(32, pointer - address));
    const upper = pointer >> 32n;
    if (pointer !== 0n && (upper === 0n || upper === address >> 32n) && offset < size) return offset;
    throw new UsageError(
      "bad-value",
      `0x${pointer.toString(16)} is no address in ${this.handle.label}, which is ${size} bytes at 0x${address.toString(16)}`,
    );
  }

  /** A pointer for programs to a byte of the arena; its end is one too. @throws UsageError `bad-value` */
  pointerTo(offset: number): bigint {
    if (Number.isInteger(offset) && offset >= 0 && offset <= this.size) return this.address + BigInt(offset);
    throw new UsageError("bad-value", `${this.handle.label} has bytes 0 to ${this.size - 1}, not ${offset}`);
  }

  /**
   * What a pointer of a program's points to.
   *
   * @throws UsageError `bad-value` if it is not, as a whole, in the arena; for an arena with BPF_F_SEGV_ON_FAULT, whose
   * memory is copied by a system call, also where no program has allocated the page
   */
  read<T>(codec: Codec<T>, pointer: bigint): T {
    const offset = this.#place(pointer, codec.size);
    if (!this.#isGuarded) return codec.read(this.view, offset);
    const bytes = new Uint8Array(codec.size);
    this.#copied(kernel().readMemory(this.pointerTo(offset), bytes), bytes, pointer, "process_vm_readv");
    return codec.read(new DataView(bytes.buffer), 0);
  }

  /** A program may see a value that is half written. @throws as `read` */
  write<T>(codec: Codec<T>, pointer: bigint, value: T): this {
    const offset = this.#place(pointer, codec.size);
    if (this.#isGuarded) {
      const bytes = new Uint8Array(codec.size);
      codec.write(new DataView(bytes.buffer), 0, value);
      this.#copied(kernel().writeMemory(this.pointerTo(offset), bytes), bytes, pointer, "process_vm_writev");
    } else codec.write(this.view, offset, value);
    return this;
  }

  get #isGuarded(): boolean {
    return (this.handle.facts.flags & mapFlagBits.BPF_F_SEGV_ON_FAULT) !== 0;
  }

  /** Copying stops before a page that is not there. */
  #copied(count: number, { length }: Uint8Array, pointer: bigint, call: string): void {
    if (count === length) return;
    if (count < 0 && count !== -errno.EFAULT) throw new SyscallError(call, -count, this.handle.label);
    throw new UsageError(
      "bad-value",
      `${this.handle.label}: no program has allocated the page of 0x${pointer.toString(16)}, or the next, which its ${length} bytes reach`,
    );
  }

  /** One that was opened from a pin is mapped when first asked for. */
  get #mapping(): Mapping {
    return mapArena(this.handle);
  }

  #place(pointer: bigint, bytes: number): number {
    const offset = this.offsetOf(pointer);
    if (offset + bytes <= this.size) return offset;
    throw new UsageError(
      "bad-value",
      `${bytes} bytes at 0x${pointer.toString(16)} reach beyond ${this.handle.label}`,
    );
  }
}
