import { KeyedMap } from "./keyed.js";

/**
 * BPF_MAP_TYPE_LPM_TRIE: `get` finds the longest prefix that covers the key. Keys begin with their length in bits.
 * Linux 4.11; walking the keys 4.16.
 */
export class LpmTrie<K, V> extends KeyedMap<K, V> {}
