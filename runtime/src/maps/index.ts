export { Arena } from "./arena.js";
export { ArrayMap } from "./array.js";
export { AttachedCgroupStorage, PerCpuAttachedCgroupStorage } from "./attached-cgroup-storage.js";
export { BloomFilter } from "./bloom.js";
export { CgroupArray } from "./cgroup-array.js";
export { type MapFacts, MapHandle, type MapInfo } from "./handle.js";
export { HashMap, KeyedMap, LruHashMap, ResizableHashMap, type SetOptions } from "./keyed.js";
export { LpmTrie } from "./lpm-trie.js";
export { BpfMap } from "./map.js";
export { ArrayOfMaps, HashOfMaps } from "./maps-in-maps.js";
export { OpaqueMap } from "./opaque.js";
export { type MapCodecs, openMap } from "./open.js";
export { LruPerCpuHashMap, PerCpuArray, PerCpuHashMap } from "./per-cpu.js";
export { PerfEventArray, type PerfOptions } from "./perf-event-array.js";
export { mapById, pinnedMap } from "./pinned.js";
export { Queue, Stack } from "./queue.js";
export { type ReadOptions, RecordMap } from "./records.js";
export {
  CpuMap,
  type CpuQueue,
  type Device,
  DevMap,
  DevMapHash,
  type SecondProgram,
  XskMap,
} from "./redirects.js";
export { RingBuf } from "./ringbuf.js";
export { SharedArray } from "./shared-array.js";
export { ProgArray } from "./slots.js";
export { ReuseportSockArray, SockHash, SockMap } from "./sockets.js";
export { StackTrace } from "./stack-trace.js";
export {
  CgroupStorage,
  InodeStorage,
  type NamedOwner,
  type OpenOwner,
  type ProcessOwner,
  SkStorage,
  TaskStorage,
} from "./storage.js";
export { StructOps } from "./struct-ops.js";
export { UserRingBuf } from "./user-ringbuf.js";
