import type { MapType } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { MapHandle } from "./handle.js";

/** Reads the elements, or takes them out. */
export type BatchCommand = "BPF_MAP_LOOKUP_BATCH" | "BPF_MAP_LOOKUP_AND_DELETE_BATCH";

/** Elements that one call gave, side by side; valid until the next are asked for. */
export interface Batch {
  readonly keys: DataView;
  readonly values: DataView;
  readonly count: number;
}

/**
 * Kinds that are read in batches: Linux 5.6, `percpu_array` 5.13. A trie is not among them: its walk starts again
 * when the key to go on from is deleted (kernel: `trie_get_next_key`), which a batch cannot tell.
 */
const batched: ReadonlySet<MapType> = new Set([
  "hash",
  "lru_hash",
  "percpu_hash",
  "lru_percpu_hash",
  "array",
  "percpu_array",
]);

/** Bytes of keys and values in a batch. */
const BATCH_BYTES = 64 * 1024;
/** What a command says that the kernel, or its kind of map, does not have. */
export const unknownBatch: ReadonlySet<number> = new Set([errno.EINVAL, errno.EOPNOTSUPP, 524]);

/** How many elements a batch holds. */
export const batchRoom = ({ facts }: MapHandle, valueBytes: number): number =>
  Math.max(1, Math.min(facts.maxEntries, Math.floor(BATCH_BYTES / (facts.keySize + valueBytes))));

/**
 * All elements, many for one call; null if the kernel cannot. A hash map goes bucket by bucket, so that each key that
 * stays is met exactly once, whatever else comes or goes.
 */
export function readBatches(
  handle: MapHandle,
  valueBytes: number,
  command: BatchCommand = "BPF_MAP_LOOKUP_BATCH",
): Iterable<Batch> | null {
  if (!batched.has(handle.facts.type)) return null;
  const reader = new BatchReader(handle, valueBytes, command);
  const first = reader.next();
  return first === null ? null : rest(reader, first);
}

/**
 * What `read` makes of each element of batches. A generator would do the same, and take some 50 ns more for each:
 * V8 does not inline it.
 */
export class Decoded<T> implements IterableIterator<T> {
  readonly #batches: Iterator<Batch>;
  readonly #read: (batch: Batch, index: number) => T;
  #batch: Batch | null = null;
  #next = 0;

  constructor(batches: Iterable<Batch>, read: (batch: Batch, index: number) => T) {
    this.#batches = batches[Symbol.iterator]();
    this.#read = read;
  }

  next(): IteratorResult<T, undefined> {
    while (this.#batch === null || this.#next === this.#batch.count) {
      const { done, value } = this.#batches.next();
      if (done === true) return { done, value: undefined };
      this.#batch = value;
      this.#next = 0;
    }
    return { done: false, value: this.#read(this.#batch, this.#next++) };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

function* rest(reader: BatchReader, first: Batch): Generator<Batch, void, undefined> {
  let batch = first;
  while (batch.count > 0) {
    yield batch;
    const next = reader.ended ? null : reader.next();
    if (next === null) return;
    batch = next;
  }
}

class BatchReader {
  ended = false;
  readonly #attr: Struct<"mapBatch">;
  /** Where the kernel goes on: a bucket's number, or a key. One is read while the other is written. */
  readonly #cursors: readonly [Uint8Array, Uint8Array];
  readonly #cursorsAt: readonly [bigint, bigint];
  #keys = new DataView(new ArrayBuffer(0));
  #values = new DataView(new ArrayBuffer(0));
  #room: number;
  #calls = 0;

  constructor(
    readonly handle: MapHandle,
    readonly valueBytes: number,
    readonly command: BatchCommand,
  ) {
    const k = kernel();
    const cursor = Math.max(8, handle.facts.keySize);
    this.#cursors = [new Uint8Array(cursor), new Uint8Array(cursor)];
    this.#cursorsAt = [k.address(this.#cursors[0]), k.address(this.#cursors[1])];
    this.#attr = new Struct("mapBatch", { map_fd: handle.fd });
    this.#room = batchRoom(handle, valueBytes);
    this.#makeRoom();
  }

  /** Null if the kernel does not know the command, or not for this kind. @throws SyscallError */
  next(): Batch | null {
    for (;;) {
      const result = this.#call();
      // A bucket with more elements than there is room for.
      if (result === -errno.ENOSPC && this.#room < 2 * this.handle.facts.maxEntries + 1) {
        this.#room *= 2;
        this.#makeRoom();
        continue;
      }
      if (result < 0 && result !== -errno.ENOENT) {
        if (this.#calls === 0 && unknownBatch.has(-result)) return null;
        throw new SyscallError(`bpf(${this.command})`, -result, this.handle.label);
      }
      this.#calls++;
      this.ended = result === -errno.ENOENT;
      return { keys: this.#keys, values: this.#values, count: this.#attr.number("count") };
    }
  }

  #makeRoom(): void {
    const k = kernel();
    const keys = new Uint8Array(new ArrayBuffer(this.#room * this.handle.facts.keySize));
    const values = new Uint8Array(new ArrayBuffer(this.#room * this.valueBytes));
    this.#attr.set("keys", k.address(keys));
    this.#attr.set("values", k.address(values));
    this.#keys = new DataView(keys.buffer);
    this.#values = new DataView(values.buffer);
  }

  #call(): number {
    const attr = this.#attr;
    const [even, odd] = this.#cursorsAt;
    const [from, to] = this.#calls % 2 === 0 ? [even, odd] : [odd, even];
    attr.set("map_fd", this.handle.fd);
    attr.set("in_batch", this.#calls === 0 ? 0n : from);
    attr.set("out_batch", to);
    attr.set("count", this.#room);
    return bpf(kernel(), this.command, attr.bytes);
  }
}
