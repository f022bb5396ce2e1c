export { ArrayMap } from "./array.js";
export { type MapFacts, MapHandle } from "./handle.js";
export { HashMap, KeyedMap, LruHashMap, type SetOptions } from "./keyed.js";
export { LpmTrie } from "./lpm-trie.js";
export { BpfMap } from "./map.js";
export { OpaqueMap } from "./opaque.js";
export { LruPerCpuHashMap, PerCpuArray, PerCpuHashMap } from "./per-cpu.js";
export { Queue, Stack } from "./queue.js";
export { type ReadOptions, RingBuf } from "./ringbuf.js";
