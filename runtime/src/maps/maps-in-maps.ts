import type { Codec } from "../codec.js";
import { u32 } from "../codecs/index.js";
import { arrayIndex } from "./array.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap } from "./keyed.js";
import { BpfMap } from "./map.js";
import { mapById } from "./pinned.js";

/** Maps whose values are maps, all like the one that the declaration gives. */
class MapOfMaps<K, M extends BpfMap> extends BpfMap {
  /** The kernel takes a descriptor and gives an id. */
  readonly #ids: KeyedMap<K, number>;

  constructor(
    handle: MapHandle,
    keys: Codec<K>,
    readonly openInner: (handle: MapHandle) => M,
  ) {
    super(handle);
    this.#ids = new KeyedMap(handle, keys, u32);
  }

  /** A new map such as this one holds, empty, to be set; the caller closes it. @throws SyscallError */
  create(): M {
    return this.openInner(this.handle.createInner());
  }

  /** The map of a key, opened anew: the caller closes it. Undefined if there is none. @throws SyscallError */
  get(key: K): M | undefined {
    const id = this.#ids.get(key);
    const handle = id === undefined ? null : mapById(id);
    return handle === null ? undefined : this.openInner(handle);
  }

  /** The kernel's number of the map of a key. Linux 4.12. */
  id(key: K): number | undefined {
    return this.#ids.get(key);
  }

  /** @throws SyscallError EINVAL for a map that is not like the others */
  set(key: K, map: { readonly fd: number }): this {
    this.#ids.set(key, map.fd);
    return this;
  }

  has(key: K): boolean {
    return this.#ids.has(key);
  }

  /** False if there was none. */
  delete(key: K): boolean {
    return this.#ids.delete(key);
  }

  /** Keys that have a map. */
  *keys(): IterableIterator<K> {
    for (const key of this.#ids.keys()) if (this.has(key)) yield key;
  }

  get size(): number {
    return [...this.keys()].length;
  }
}

/** BPF_MAP_TYPE_ARRAY_OF_MAPS. Linux 4.12. */
export class ArrayOfMaps<M extends BpfMap> extends MapOfMaps<number, M> {
  constructor(handle: MapHandle, openInner: (handle: MapHandle) => M) {
    super(handle, arrayIndex, openInner);
  }
}

/** BPF_MAP_TYPE_HASH_OF_MAPS. Linux 4.12. */
export class HashOfMaps<K, M extends BpfMap> extends MapOfMaps<K, M> {}
