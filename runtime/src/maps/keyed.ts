import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { type BatchCommand, Decoded, readBatches } from "./batch.js";
import { BatchWriter } from "./batch-write.js";
import { Elements, UpdateFlag } from "./elements.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";

/** How an update treats a key that is there, or is not. */
export interface SetOptions {
  /** `new`: only if absent (EEXIST otherwise); `existing`: only if present (ENOENT otherwise). */
  readonly when?: "new" | "existing";
  /** Under the value's `bpf_spin_lock`, which it must have (EINVAL otherwise). Linux 5.1. */
  readonly lock?: boolean;
}

const when = { any: UpdateFlag.any, new: UpdateFlag.noExist, existing: UpdateFlag.exist } as const;
const flagsOf = (options: SetOptions | undefined): number =>
  options === undefined
    ? UpdateFlag.any
    : when[options.when ?? "any"] | (options.lock ? UpdateFlag.lock : UpdateFlag.any);

/**
 * Maps with keys, in the manner of JavaScript's Map. Each operation is one system call; iterating takes
 * one for many elements, and survives concurrent changes.
 */
export class KeyedMap<K, V> extends BpfMap implements Iterable<[K, V]> {
  protected readonly elements: Elements;

  constructor(
    handle: MapHandle,
    protected readonly keys_: Codec<K>,
    protected readonly values_: Codec<V>,
  ) {
    super(handle);
    const { keySize, valueSize } = handle.facts;
    if (keys_.size !== keySize)
      throw new UsageError(
        "bad-size",
        `${handle.label} has keys of ${keySize} bytes, and its codec writes ${keys_.size}`,
      );
    this.elements = new Elements(handle, this.valueBytes(valueSize));
  }

  /** Bytes that a value takes on its way to the kernel. */
  protected valueBytes(valueSize: number): number {
    if (this.values_.size !== valueSize)
      throw new UsageError(
        "bad-size",
        `${this.handle.label} has values of ${valueSize} bytes, and its codec writes ${this.values_.size}`,
      );
    return valueSize;
  }

  /**
   * The value, or undefined.
   *
   * @param lock reads it under its `bpf_spin_lock`, whole (EINVAL if it has none). Linux 5.1
   * @throws SyscallError
   */
  get(key: K, { lock = false }: Pick<SetOptions, "lock"> = {}): V | undefined {
    const { elements } = this;
    this.keys_.write(elements.key, 0, key);
    return elements.lookup(lock ? UpdateFlag.lock : UpdateFlag.any)
      ? this.values_.read(elements.value, 0)
      : undefined;
  }

  /** The value, which is taken out of the map in one step; undefined if there was none. Hash kinds, Linux 5.14. */
  take(key: K): V | undefined {
    const { elements } = this;
    this.keys_.write(elements.key, 0, key);
    return elements.lookupAndDelete() ? this.values_.read(elements.value, 0) : undefined;
  }

  /** A copy of the value's bytes, padding too; of a per-CPU kind, all CPUs' values, each padded to 8 bytes. */
  getBytes(key: Uint8Array): Uint8Array | undefined {
    const { elements } = this;
    elements.setBytes("key", key);
    return elements.lookup() ? new Uint8Array(elements.value.buffer.slice(0)) : undefined;
  }

  /** Key and value as bytes. @throws UsageError `bad-size`, SyscallError */
  setBytes(key: Uint8Array, value: Uint8Array, options?: SetOptions): this {
    const { elements } = this;
    elements.setBytes("key", key);
    elements.setBytes("value", value);
    elements.update(flagsOf(options));
    return this;
  }

  has(key: K): boolean {
    this.keys_.write(this.elements.key, 0, key);
    return this.elements.lookup();
  }

  /** @throws SyscallError: E2BIG if the map is full, EEXIST or ENOENT as `when` asks */
  set(key: K, value: V, options?: SetOptions): this {
    const { elements } = this;
    this.keys_.write(elements.key, 0, key);
    this.values_.write(elements.value, 0, value);
    elements.update(flagsOf(options));
    return this;
  }

  /** False if there was none. */
  delete(key: K): boolean {
    this.keys_.write(this.elements.key, 0, key);
    return this.elements.delete();
  }

  /** Counts by going through the keys: a hash map does not know its size. */
  get size(): number {
    let count = 0;
    const batches = readBatches(this.handle, this.elements.value.byteLength);
    if (batches !== null) {
      for (const batch of batches) count += batch.count;
      return count;
    }
    for (const _ of this.keys()) count++;
    return count;
  }

  /** Takes every element out, as many for one call as the kernel can. */
  clear(): void {
    this.deleteMany([...this.keys()]);
  }

  /**
   * Sets many elements, hundreds for one call (Linux 5.6; older kernels: one by one). Not all at once for programs
   * that look; if one fails, those before it are set.
   *
   * @throws SyscallError E2BIG if the map is full
   */
  setMany(entries: Iterable<readonly [K, V]>, { lock = false }: Pick<SetOptions, "lock"> = {}): this {
    const valueBytes = this.elements.value.byteLength;
    const writer = new BatchWriter(this.handle, valueBytes);
    const flags = lock ? UpdateFlag.lock : UpdateFlag.any;
    let count = 0;
    for (const entry of entries) {
      this.keys_.write(writer.keys, count * this.keys_.size, entry[0]);
      this.values_.write(writer.values, count * valueBytes, entry[1]);
      if (++count < writer.room) continue;
      this.#update(writer, count, flags);
      count = 0;
    }
    if (count > 0) this.#update(writer, count, flags);
    return this;
  }

  #update(writer: BatchWriter, count: number, flags: number): void {
    if (writer.update(count, flags) !== null) return;
    for (let i = 0; i < count; i++) {
      this.elements.setBytes("key", writer.key(i));
      this.elements.setBytes("value", writer.value(i));
      this.elements.update(flags);
    }
  }

  /** Deletes many elements, hundreds for one call (Linux 5.6); gives how many of them were there. @throws SyscallError */
  deleteMany(keys: Iterable<K>): number {
    const writer = new BatchWriter(this.handle, 0);
    let deleted = 0;
    let count = 0;
    for (const key of keys) {
      this.keys_.write(writer.keys, count * this.keys_.size, key);
      if (++count < writer.room) continue;
      deleted += this.#delete(writer, count);
      count = 0;
    }
    return count > 0 ? deleted + this.#delete(writer, count) : deleted;
  }

  #delete(writer: BatchWriter, count: number): number {
    let deleted = 0;
    for (let from = 0; from < count; ) {
      const written = writer.delete(from, count - from);
      if (written === null) return deleted + this.#deleteEach(writer, from, count);
      deleted += written.done;
      // It stopped at a key that is not there, or at the end.
      from += written.done + 1;
    }
    return deleted;
  }

  #deleteEach(writer: BatchWriter, from: number, count: number): number {
    let deleted = 0;
    for (let i = from; i < count; i++) {
      this.elements.setBytes("key", writer.key(i));
      if (this.elements.delete()) deleted++;
    }
    return deleted;
  }

  /**
   * The elements, each taken out of the map as it is read, many for one call (hash kinds, Linux 5.6; one by one
   * elsewhere). Those of a call that the loop does not get to are gone.
   */
  *drain(): IterableIterator<[K, V]> {
    const entries = this.#entries("BPF_MAP_LOOKUP_AND_DELETE_BATCH");
    if (entries !== null) return yield* entries;
    for (const key of this.#walk()) {
      const value = this.get(key);
      if (value !== undefined && this.delete(key)) yield [key, value];
    }
  }

  /**
   * The keys, each once: of a map that changes meanwhile, those that stay, and perhaps some that come or go. What is
   * deleted or set during the walk does not disturb it.
   */
  keys(): IterableIterator<K> {
    const { keys_ } = this;
    const batches = readBatches(this.handle, this.elements.value.byteLength);
    return batches === null
      ? this.#walk()
      : new Decoded(batches, ({ keys }, i) => keys_.read(keys, i * keys_.size));
  }

  entries(): IterableIterator<[K, V]> {
    return this.#entries("BPF_MAP_LOOKUP_BATCH") ?? this.#walked();
  }

  *#walked(): Generator<[K, V], void, undefined> {
    for (const key of this.#walk()) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  /** A batch is the walk's own: what the loop's body does to the map, or another walk, leaves it as it is. */
  #entries(command: BatchCommand): IterableIterator<[K, V]> | null {
    const { keys_, values_ } = this;
    const batches = readBatches(this.handle, this.elements.value.byteLength, command);
    return (
      batches &&
      new Decoded(batches, ({ keys, values }, i) => [
        keys_.read(keys, i * keys_.size),
        values_.read(values, i * values_.size),
      ])
    );
  }

  /**
   * The keys by BPF_MAP_GET_NEXT_KEY, for kinds and kernels without batches. They are read in one go: the kernel
   * starts again from the first key when the one to go on from has been deleted (kernel: `htab_map_get_next_key`), so
   * keys that were met already are passed over. Of a map that changes faster than it can be read, those met until then.
   */
  #walk(): IterableIterator<K> {
    const cursor = new Elements(this.handle, 1);
    const met = new Map<string, K>();
    const keyBytes = Buffer.from(cursor.key.buffer);
    const most = STEPS_PER_ENTRY * (this.maxEntries + 1);
    let more = cursor.firstKey();
    for (let steps = 0; more && steps < most; steps++) {
      const text = keyBytes.toString("latin1");
      if (!met.has(text)) met.set(text, this.keys_.read(cursor.key, 0));
      more = cursor.nextKey();
    }
    return met.values();
  }

  values(): IterableIterator<V> {
    const { values_ } = this;
    const batches = readBatches(this.handle, this.elements.value.byteLength);
    return batches === null
      ? this.#walkedValues()
      : new Decoded(batches, ({ values }, i) => values_.read(values, i * values_.size));
  }

  *#walkedValues(): Generator<V, void, undefined> {
    for (const [, value] of this.#walked()) yield value;
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }
}

/** How many steps a walk may take for each entry that the map can hold, with its starts from the first key again. */
const STEPS_PER_ENTRY = 8;

/** BPF_MAP_TYPE_HASH. */
export class HashMap<K, V> extends KeyedMap<K, V> {}
/** BPF_MAP_TYPE_RHASH: grows and shrinks. Linux 7.2. */
export class ResizableHashMap<K, V> extends KeyedMap<K, V> {}
/** BPF_MAP_TYPE_LRU_HASH. Linux 4.10. */
export class LruHashMap<K, V> extends KeyedMap<K, V> {}
