import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { Elements, type UpdateMode } from "./elements.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";

/** A map from keys to values, in the manner of JavaScript's `Map`. Each operation is one system call. */
export abstract class KeyedMap<K, V> extends BpfMap implements Iterable<[K, V]> {
  protected readonly elements: Elements;
  protected readonly key: Codec<K>;
  protected readonly value: Codec<V>;

  /** @param value the value as the kernel copies it: of all CPUs in a per-CPU map */
  constructor(handle: MapHandle, key: Codec<K>, value: Codec<V>) {
    super(handle);
    this.key = key;
    this.value = value;
    this.elements = new Elements(handle, key.size, value.size);
  }

  /** Keys at one moment; those that come or go during the walk may be left out. */
  abstract keyBytes(): Iterable<Uint8Array>;
  /** Number of entries. */
  abstract get size(): number;

  /** @throws SyscallError */
  get(key: K): V | undefined {
    this.key.write(this.elements.keyView, 0, key);
    return this.elements.lookup() ? this.value.read(this.elements.valueView, 0) : undefined;
  }

  has(key: K): boolean {
    this.key.write(this.elements.keyView, 0, key);
    return this.elements.lookup();
  }

  /**
   * Writes an entry. With `create` it must be new, with `replace` it must be there: else nothing is written.
   *
   * @throws SyscallError E2BIG if the map is full; UsageError `bad-value` if the mode forbids it
   */
  set(key: K, value: V, mode: UpdateMode = "any"): this {
    this.key.write(this.elements.keyView, 0, key);
    this.value.write(this.elements.valueView, 0, value);
    return this.#update(mode);
  }

  /** The value's bytes, a copy. `key` as long as the map's key. */
  getBytes(key: Uint8Array): Uint8Array | undefined {
    this.#copyKey(key);
    return this.elements.lookup() ? this.elements.value.slice() : undefined;
  }

  setBytes(key: Uint8Array, value: Uint8Array, mode: UpdateMode = "any"): this {
    this.#copyKey(key);
    if (value.length !== this.elements.value.length)
      throw new UsageError("bad-size", `${this.handle.label}: a value has ${this.elements.value.length} bytes, not ${value.length}`);
    this.elements.value.set(value);
    return this.#update(mode);
  }

  *keys(): Generator<K> {
    for (const bytes of this.keyBytes()) yield this.key.read(viewOf(bytes), 0);
  }

  *values(): Generator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  /** Entries whose key was there when the walk began and still is: deleting during it is safe. */
  *entries(): Generator<[K, V]> {
    for (const bytes of this.keyBytes()) {
      this.elements.key.set(bytes);
      if (this.elements.lookup()) yield [this.key.read(viewOf(bytes), 0), this.value.read(this.elements.valueView, 0)];
    }
  }

  [Symbol.iterator](): Generator<[K, V]> {
    return this.entries();
  }

  #copyKey(key: Uint8Array): void {
    if (key.length !== this.elements.key.length)
      throw new UsageError("bad-size", `${this.handle.label}: a key has ${this.elements.key.length} bytes, not ${key.length}`);
    this.elements.key.set(key);
  }

  #update(mode: UpdateMode): this {
    if (this.elements.update(mode)) return this;
    const state = mode === "create" ? "is there already" : "is not there";
    throw new UsageError("bad-value", `${this.handle.label}: the key ${state} (mode '${mode}')`);
  }
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
