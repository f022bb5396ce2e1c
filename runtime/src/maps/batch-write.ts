import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { batchRoom, unknownBatch } from "./batch.js";
import type { MapHandle } from "./handle.js";

/** What one call did: how many elements, from the first, and why it stopped there (0: it did not). */
export interface Written {
  readonly done: number;
  readonly errno: number;
}

/**
 * Many elements for one call: `keys` and `values` are filled by the caller, then updated or deleted. Linux 5.6.
 * The kernel goes from the first to the last, and stops where one fails.
 */
export class BatchWriter {
  readonly keys: DataView;
  readonly values: DataView;
  /** Elements that fit. */
  readonly room: number;
  readonly #handle: MapHandle;
  readonly #valueBytes: number;
  readonly #attr: Struct<"mapBatch">;
  readonly #keysAt: number;

  /** @param valueBytes of one element; 0 to delete only */
  constructor(handle: MapHandle, valueBytes: number) {
    const k = kernel();
    this.#handle = handle;
    this.#valueBytes = valueBytes;
    this.room = batchRoom(handle, valueBytes);
    const keys = new Uint8Array(new ArrayBuffer(this.room * handle.facts.keySize));
    const values = new Uint8Array(new ArrayBuffer(this.room * valueBytes));
    this.keys = new DataView(keys.buffer);
    this.values = new DataView(values.buffer);
    this.#keysAt = Number(k.address(keys));
    this.#attr = new Struct("mapBatch", {
      map_fd: handle.fd,
      values: valueBytes === 0 ? 0 : k.address(values),
    });
  }

  /** The first `count`. Null if the kernel, or this kind of map, has no such command. @throws SyscallError */
  update(count: number, elementFlags: number): Written | null {
    return this.#call("BPF_MAP_UPDATE_BATCH", 0, count, elementFlags);
  }

  /** The same, `count` from element `from` on; stops at a key that is not there, with ENOENT. */
  delete(from: number, count: number): Written | null {
    return this.#call("BPF_MAP_DELETE_BATCH", from, count, 0);
  }

  /** The bytes of one element. */
  key(index: number): Uint8Array {
    const { keySize } = this.#handle.facts;
    return new Uint8Array(this.keys.buffer, index * keySize, keySize);
  }

  value(index: number): Uint8Array {
    return new Uint8Array(this.values.buffer, index * this.#valueBytes, this.#valueBytes);
  }

  #call(
    command: "BPF_MAP_UPDATE_BATCH" | "BPF_MAP_DELETE_BATCH",
    from: number,
    count: number,
    flags: number,
  ): Written | null {
    const attr = this.#attr;
    attr.set("keys", this.#keysAt + from * this.#handle.facts.keySize);
    attr.set("count", count);
    attr.set("elem_flags", flags);
    const result = bpf(kernel(), command, attr.bytes);
    if (result >= 0) return { done: count, errno: 0 };
    // What fails before the first element leaves `count` as it was, or zero (kernel: `generic_map_update_batch`).
    const left = attr.number("count");
    if (unknownBatch.has(-result) && (left === count || left === 0)) return null;
    if (-result !== errno.ENOENT) throw new SyscallError(`bpf(${command})`, -result, this.#handle.label);
    return { done: Math.min(left, count), errno: errno.ENOENT };
  }
}
