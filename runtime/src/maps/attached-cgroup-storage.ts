import type { Codec } from "../codec.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap } from "./keyed.js";
import { BpfMap } from "./map.js";
import { PerCpuHashMap } from "./per-cpu.js";

/**
 * Values that a program's attachment to a cgroup makes, and that stay until the cgroup or the map goes (before Linux 5.9,
 * the attachment): they are read and changed, neither made nor taken away. Keys are the object's: a cgroup with an attach type (`struct bpf_cgroup_storage_key`), or a cgroup alone, as a
 * number, for all attachments to it (Linux 5.9).
 */
abstract class AttachedStorage<K, V> extends BpfMap implements Iterable<[K, V]> {
  protected abstract readonly elements: KeyedMap<K, V>;

  /** The value, or undefined if no such attachment is there. @throws SyscallError */
  get(key: K): V | undefined {
    return this.elements.get(key);
  }

  has(key: K): boolean {
    return this.elements.has(key);
  }

  /** @throws SyscallError ENOENT if no such attachment is there */
  set(key: K, value: V): this {
    this.elements.set(key, value, { when: "existing" });
    return this;
  }

  keys(): IterableIterator<K> {
    return this.elements.keys();
  }

  values(): IterableIterator<V> {
    return this.elements.values();
  }

  entries(): IterableIterator<[K, V]> {
    return this.elements.entries();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }
}

/** BPF_MAP_TYPE_CGROUP_STORAGE. Linux 4.19; `CgroupStorage` is the newer way. */
export class AttachedCgroupStorage<K, V> extends AttachedStorage<K, V> {
  protected readonly elements: KeyedMap<K, V>;

  constructor(handle: MapHandle, keys: Codec<K>, values: Codec<V>) {
    super(handle);
    this.elements = new KeyedMap(handle, keys, values);
  }
}

/** BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE: a value of each CPU. Linux 4.20. */
export class PerCpuAttachedCgroupStorage<K, V> extends AttachedStorage<K, readonly V[]> {
  protected readonly elements: KeyedMap<K, readonly V[]>;

  constructor(handle: MapHandle, keys: Codec<K>, values: Codec<V>) {
    super(handle);
    this.elements = new PerCpuHashMap(handle, keys, values);
  }
}
