import type { Codec } from "../codec.js";
import { mapFlagBits } from "../features/map-flag-bits.js";
import { SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { MapHandle } from "./handle.js";

/** `BPF_F_RDONLY`, include/uapi/linux/bpf.h: this process may not write. */
const BPF_F_RDONLY = 1 << 3;

/** An array's elements in memory that programs and this process share. Gone when the map is closed. */
export class SharedArray<V> implements Iterable<V> {
  readonly length: number;
  /** Bytes from one element to the next: the kernel rounds values up to 8 (kernel: `array_map_alloc`). */
  readonly stride: number;
  readonly #handle: MapHandle;
  readonly #codec: Codec<V>;

  constructor(handle: MapHandle, codec: Codec<V>) {
    const { flags, maxEntries, valueSize } = handle.facts;
    if ((flags & mapFlagBits.BPF_F_MMAPABLE) === 0)
      throw new UsageError(
        "unsupported",
        `${handle.label} is not declared with BPF_F_MMAPABLE: its memory cannot be shared`,
      );
    this.length = maxEntries;
    this.stride = Math.ceil(valueSize / 8) * 8;
    this.#handle = handle;
    this.#codec = codec;
    const mapped = kernel().mmap(handle.fd, this.stride * maxEntries, (flags & BPF_F_RDONLY) === 0, 0);
    if (typeof mapped === "number") throw new SyscallError("mmap", -mapped, handle.label);
    handle.useMemory(mapped);
  }

  /** The memory itself, for Atomics and the like. @throws UsageError `closed` */
  get view(): DataView {
    const { memory } = this.#handle;
    if (!memory) throw new UsageError("closed", `${this.#handle.label} is closed`);
    return memory;
  }

  /** @throws UsageError `bad-value` for no such element */
  get(index: number): V {
    return this.#codec.read(this.view, this.#at(index));
  }

  /** A program may see a value that is half written. @throws UsageError `bad-value` */
  set(index: number, value: V): this {
    this.#codec.write(this.view, this.#at(index), value);
    return this;
  }

  *[Symbol.iterator](): IterableIterator<V> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  #at(index: number): number {
    if (!(Number.isInteger(index) && index >= 0 && index < this.length))
      throw new UsageError(
        "bad-value",
        `${this.#handle.label} has elements 0 to ${this.length - 1}, not ${index}`,
      );
    return index * this.stride;
  }
}
