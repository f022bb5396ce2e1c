import type { Codec } from "../codec.js";
import * as fit from "../codecs/fit.js";
import { UpdateFlag } from "./elements.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap } from "./keyed.js";
import { SharedArray } from "./shared-array.js";

/** A 32-bit index. */
const index: Codec<number> = {
  size: 4,
  read: (view, at) => view.getUint32(at, true),
  write: (view, at, value) => view.setUint32(at, fit.u32(value, "the key"), true),
};

/** BPF_MAP_TYPE_ARRAY: `maxEntries` values, all there from the start; deleting is EINVAL. */
export class ArrayMap<V> extends KeyedMap<number, V> {
  #shared: SharedArray<V> | null = null;

  constructor(handle: MapHandle, values: Codec<V>) {
    super(handle, index, values);
  }

  override get size(): number {
    return this.maxEntries;
  }

  /** Sets every value's bytes to zero: an array's elements cannot be taken out. */
  override clear(): void {
    const { key, value } = this.elements;
    for (let i = 0; i < this.maxEntries; i++) {
      key.setUint32(0, i, true);
      new Uint8Array(value.buffer).fill(0);
      this.elements.update(UpdateFlag.any);
    }
  }

  /**
   * The elements in memory that is shared with the kernel: reading and writing them takes no system call. The map
   * has to be declared with BPF_F_MMAPABLE. Linux 5.5.
   *
   * @throws UsageError `unsupported` for a map without that flag; SyscallError EPERM for a frozen one
   */
  shared(): SharedArray<V> {
    this.#shared ??= new SharedArray(this.handle, this.values_);
    return this.#shared;
  }

  override *keys(): IterableIterator<number> {
    for (let i = 0; i < this.maxEntries; i++) yield i;
  }
}

export { index as arrayIndex };
