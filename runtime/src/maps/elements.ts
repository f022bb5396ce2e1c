import { layouts } from "../sys/attr.generated.js";
import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import type { Command } from "../sys/commands.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { MapHandle } from "./handle.js";

/** Flags of an update, include/uapi/linux/bpf.h. */
export const UpdateFlag = { any: 0, noExist: 1, exist: 2, lock: 4 } as const;

/**
 * A map's elements as bytes. One key, one value and one attribute buffer serve every call: nothing is allocated on
 * the way to the kernel. The buffers are plain ArrayBuffers, which V8 does not move.
 */
export class Elements {
  readonly key: DataView;
  readonly value: DataView;
  readonly #next: Uint8Array;
  readonly #keyBytes: Uint8Array;
  /** Attributes with their addresses: of an element; of a key alone; of a key and the next; of the first key. */
  readonly #element: Attribute;
  readonly #keyOnly: Attribute;
  readonly #following: Attribute;
  readonly #first: Attribute;

  constructor(
    readonly handle: MapHandle,
    /** Bytes of one value; for per-CPU kinds, of the values of all CPUs. */
    valueSize: number,
  ) {
    const k = kernel();
    const keySize = Math.max(1, handle.facts.keySize);
    this.#keyBytes = new Uint8Array(new ArrayBuffer(keySize));
    this.#next = new Uint8Array(new ArrayBuffer(keySize));
    const bytes = new Uint8Array(new ArrayBuffer(Math.max(1, valueSize)));
    this.key = new DataView(this.#keyBytes.buffer);
    this.value = new DataView(bytes.buffer);
    const key = handle.facts.keySize === 0 ? 0n : k.address(this.#keyBytes);
    this.#element = new Attribute({ key, value: k.address(bytes) });
    // A delete has no value, and the kernel refuses fields after a command's last (CHECK_ATTR).
    this.#keyOnly = new Attribute({ key });
    const next_key = k.address(this.#next);
    this.#following = new Attribute({ key, next_key });
    this.#first = new Attribute({ next_key });
  }

  /** @throws UsageError `bad-size` */
  setBytes(what: "key" | "value", bytes: Uint8Array): void {
    const view = this[what];
    if (bytes.length !== view.byteLength)
      throw new UsageError(
        "bad-size",
        `${this.handle.label} has a ${what} of ${view.byteLength} bytes, not ${bytes.length}`,
      );
    new Uint8Array(view.buffer).set(bytes);
  }

  /** The element of `key` to `value`. False if there is none. @throws SyscallError */
  lookup(flags = 0): boolean {
    return this.#found("BPF_MAP_LOOKUP_ELEM", flags);
  }

  /** The same, and removes it: hash kinds (Linux 5.14), queues and stacks (4.20). */
  lookupAndDelete(flags = 0): boolean {
    return this.#found("BPF_MAP_LOOKUP_AND_DELETE_ELEM", flags);
  }

  /** `value` for `key`. @throws SyscallError: E2BIG for a full map, EEXIST and ENOENT as the flags ask */
  update(flags: number): void {
    this.#must("BPF_MAP_UPDATE_ELEM", this.#call("BPF_MAP_UPDATE_ELEM", flags, this.#element));
  }

  /** False if there was none. */
  delete(): boolean {
    return this.#found("BPF_MAP_DELETE_ELEM", 0, this.#keyOnly);
  }

  /** The first key to `key`. False for an empty map. */
  firstKey(): boolean {
    return this.#nextKey(this.#first);
  }

  /** The key after `key`, to `key`. A key that is gone meanwhile starts again from the first (kernel: hash maps). */
  nextKey(): boolean {
    return this.#nextKey(this.#following);
  }

  #nextKey(attr: Attribute): boolean {
    if (!this.#found("BPF_MAP_GET_NEXT_KEY", 0, attr)) return false;
    this.#keyBytes.set(this.#next);
    return true;
  }

  #found(command: Command, flags: number, attr: Attribute = this.#element): boolean {
    const result = this.#call(command, flags, attr);
    if (result === -errno.ENOENT) return false;
    this.#must(command, result);
    return true;
  }

  #call(command: Command, flags: number, attr: Attribute): number {
    return bpf(kernel(), command, attr.with(this.handle.fd, flags));
  }

  #must(command: Command, result: number): void {
    if (result < 0) throw new SyscallError(`bpf(${command})`, -result, this.handle.label);
  }
}

const { map_fd, flags: flagsField } = layouts.mapElement.fields;

/** A `mapElement` of which only the descriptor and the flags change: what a call costs matters here. */
class Attribute {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(addresses: FieldValues<"mapElement">) {
    this.#bytes = new Struct("mapElement", addresses).bytes;
    this.#view = new DataView(this.#bytes.buffer);
  }

  with(fd: number, flags: number): Uint8Array {
    this.#view.setUint32(map_fd[0], fd, true);
    // The flags' upper half is never used.
    this.#view.setUint32(flagsField[0], flags, true);
    return this.#bytes;
  }
}
