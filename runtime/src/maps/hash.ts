import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap } from "./keyed.js";
import { checkSize } from "./map.js";

/** How often a walk may come back to the first key, for each entry the map can hold, before it ends. */
const STEPS_PER_ENTRY = 8;

/** Maps whose entries come and go. */
export abstract class DynamicMap<K, V> extends KeyedMap<K, V> {
  /** Takes an entry out; false if there was none. */
  delete(key: K): boolean {
    this.key.write(this.elements.keyView, 0, key);
    return this.elements.delete();
  }

  /** Reads an entry and takes it out in one step. Hash maps: Linux 5.14. */
  take(key: K): V | undefined {
    this.key.write(this.elements.keyView, 0, key);
    return this.elements.lookupAndDelete() ? this.value.read(this.elements.valueView, 0) : undefined;
  }

  /** Takes out what is there now; entries that a program adds meanwhile may stay. */
  clear(): void {
    for (const key of this.keyBytes()) {
      this.elements.key.set(key);
      this.elements.delete();
    }
  }

  /** Counts, with one system call for each entry: the kernel keeps no number. */
  get size(): number {
    return this.keyBytes().length;
  }

  /**
   * All keys, read in one go. The kernel starts again from the first key when the one it is asked to go on from
   * has been deleted (kernel: htab_map_get_next_key), so keys that were met already are passed over; a map whose
   * entries change faster than they can be read gives those met until then.
   */
  keyBytes(): Uint8Array[] {
    const met = new Map<string, Uint8Array>();
    const { elements } = this;
    const most = STEPS_PER_ENTRY * (this.handle.facts.maxEntries + 1);
    for (let steps = 0; steps < most && elements.next(steps === 0); steps++) {
      elements.key.set(elements.nextKey);
      const text = Buffer.from(elements.nextKey).toString("latin1");
      if (!met.has(text)) met.set(text, elements.nextKey.slice());
    }
    return [...met.values()];
  }
}

/** `BPF_MAP_TYPE_HASH`. Linux 3.19. */
export class HashMap<K, V> extends DynamicMap<K, V> {
  constructor(handle: MapHandle, codecs: { readonly key: Codec<K>; readonly value: Codec<V> }) {
    checkSize(handle, "key", codecs.key);
    checkSize(handle, "value", codecs.value);
    super(handle, codecs.key, codecs.value);
  }
}

/** `BPF_MAP_TYPE_LRU_HASH`: makes room by dropping what was not used for long. Linux 4.10. */
export class LruHashMap<K, V> extends HashMap<K, V> {}

/** `prefixLength` counts bits of `data`, in network byte order. */
export interface LpmKey<T> {
  readonly prefixLength: number;
  readonly data: T;
}

/** `struct bpf_lpm_trie_key`: a prefix length in bits, then what it is a prefix of. */
export function lpmKey<T>(data: Codec<T>): Codec<LpmKey<T>> {
  return {
    size: 4 + data.size,
    read: (view, at) => ({ prefixLength: view.getUint32(at, true), data: data.read(view, at + 4) }),
    write: (view, at, key) => {
      // The kernel refuses more bits than there are with EINVAL; this says which.
      if (!(key.prefixLength >= 0 && key.prefixLength <= data.size * 8))
        throw new UsageError("bad-value", `a prefix of ${key.prefixLength} bits: it has to be 0 to ${data.size * 8}`);
      view.setUint32(at, key.prefixLength, true);
      data.write(view, at + 4, key.data);
    },
  };
}

/** `BPF_MAP_TYPE_LPM_TRIE`: `get` and `has` find the longest prefix of the key, `delete` the very same. Linux 4.11. */
export class LpmTrie<K, V> extends HashMap<K, V> {}
