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
  readonly #attr = new Struct("mapBatch");
  readonly #keyBytes: Uint8Array;
  readonly #valueBytes: Uint8Array;

  /** @param valueBytes of one element; 0 to delete only */
  constructor(handle: MapHandle, valueBytes: number) {
    this.#handle = handle;
    this.room = batchRoom(handle, valueBytes);
    this.#keyBytes = new Uint8Array(new ArrayBuffer(this.room * handle.facts.keySize));
    this.#valueBytes = new Uint8Array(new ArrayBuffer(this.room * valueBytes));
    this.keys = new DataView(this.#keyBytes.buffer);
    this.values = new DataView(this.#valueBytes.buffer);
  }

  /** Null if the kernel, or this kind of map, has no such command. @throws SyscallError */
  update(count: number, elementFlags: number): Written | null {
    return this.#call("BPF_MAP_UPDATE_BATCH", count, elementFlags);
  }

  /** The same; stops at a key that is not there, with ENOENT. */
  delete(count: number): Written | null {
    return this.#call("BPF_MAP_DELETE_BATCH", count, 0);
  }

  #call(
    command: "BPF_MAP_UPDATE_BATCH" | "BPF_MAP_DELETE_BATCH",
    count: number,
    flags: number,
  ): Written | null {
    const k = kernel();
    const attr = this.#attr;
    attr.set("map_fd", this.#handle.fd);
    attr.set("keys", k.address(this.#keyBytes));
    attr.set("values", command === "BPF_MAP_UPDATE_BATCH" ? k.address(this.#valueBytes) : 0n);
    attr.set("count", count);
    attr.set("elem_flags", flags);
    const result = bpf(k, command, attr.bytes);
    if (result >= 0) return { done: count, errno: 0 };
    // What fails before the first element leaves `count` as it was, or zero (kernel: `generic_map_update_batch`).
    const left = attr.number("count");
    if (unknownBatch.has(-result) && (left === count || left === 0)) return null;
    if (-result !== errno.ENOENT) throw new SyscallError(`bpf(${command})`, -result, this.#handle.label);
    return { done: Math.min(left, count), errno: errno.ENOENT };
  }
}
