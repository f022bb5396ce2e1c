import type { MapHandle } from "../maps/handle.js";
import { SyscallError } from "../sys/errors.js";
import { kernel, type Mapping } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";
import type { RecordSource } from "./source.js";

/** Layout of include/uapi/linux/bpf.h and kernel/bpf/ringbuf.c. */
export const HEADER = 8;
export const BUSY = 0x8000_0000;
export const DISCARD = 0x4000_0000;
export const LENGTH = 0x3fff_ffff;

/**
 * A record's bytes are read after its header says that they are complete. Of one thread's loads x86-64 keeps the
 * order, and V8 that of the program; `Atomics.load`, which other machines need, is a call of 4 ns there.
 */
export const headerAt: (headers: Int32Array, index: number) => number =
  process.arch === "x64" ? (headers, index) => headers[index] as number : Atomics.load;

/** A ring buffer's records, and where in it they are. */
export interface RingSource extends RecordSource {
  /** Bytes since the ring was made, headers counted: what programs have reserved, and what was given back to them. */
  readonly positions: { readonly producer: number; readonly consumer: number };
}

/** The memory that a ring buffer shares: positions, and the data, mapped twice in a row so that no record is cut. */
export interface RingMemory {
  /** Bytes of the data. */
  readonly size: number;
  readonly consumer: BigUint64Array;
  /** The producer's position, the kernel's own, and, where records are written over, that of the oldest (Linux 6.19). */
  readonly producer: BigUint64Array;
  readonly headers: Int32Array;
  readonly data: DataView;
  unmap(): void;
}

/** @throws SyscallError */
export function mapRing(handle: MapHandle): RingMemory {
  const page = pageSize();
  const size = handle.facts.maxEntries;
  const mappings: Mapping[] = [];
  const unmap = (): void => {
    for (const mapping of mappings.splice(0)) mapping.unmap();
  };
  const map = (length: number, writable: boolean, offset: number): Mapping => {
    const mapping = kernel().mmap(handle.fd, length, writable, offset);
    if (typeof mapping === "number") {
      unmap();
      throw new SyscallError("mmap", -mapping, handle.label);
    }
    mappings.push(mapping);
    return mapping;
  };
  const consumer = map(page, true, 0);
  const rest = map(page + 2 * size, false, page);
  return {
    size,
    consumer: new BigUint64Array(consumer.buffer, 0, 1),
    producer: new BigUint64Array(rest.buffer, 0, 3),
    headers: new Int32Array(rest.buffer, page),
    data: new DataView(rest.buffer, page),
    unmap,
  };
}
