import type { MapType } from "../spec/kernel-enums.js";

/** What types a map class of the runtime, in the order of its type parameters and of its codecs. */
export type MapParameter = "key" | "value" | "record";

export interface MapClass {
  /** Name in `@tsbpfc/runtime`. */
  readonly name: string;
  readonly parameters: readonly MapParameter[];
  /** Whether its values are maps, which it wants to know how to open. */
  readonly ofMaps: boolean;
}

const row = (name: string, parameters: readonly MapParameter[] = [], ofMaps = false): MapClass => ({
  name,
  parameters,
  ofMaps,
});
const keyed = (name: string): MapClass => row(name, ["key", "value"]);
const valued = (name: string): MapClass => row(name, ["value"]);
const recorded = (name: string): MapClass => row(name, ["record"]);

/** Kinds without a class of their own are there by name, to be pinned and handed on. */
const opaque = row("OpaqueMap");

/** The runtime's class for each kind of map. An array's key is its index. */
const classes: Partial<Record<MapType, MapClass>> = {
  hash: keyed("HashMap"),
  lru_hash: keyed("LruHashMap"),
  percpu_hash: keyed("PerCpuHashMap"),
  lru_percpu_hash: keyed("LruPerCpuHashMap"),
  lpm_trie: keyed("LpmTrie"),
  array: valued("ArrayMap"),
  percpu_array: valued("PerCpuArray"),
  queue: valued("Queue"),
  stack: valued("Stack"),
  ringbuf: recorded("RingBuf"),
  user_ringbuf: recorded("UserRingBuf"),
  perf_event_array: recorded("PerfEventArray"),
  rhash: keyed("ResizableHashMap"),
  bloom_filter: valued("BloomFilter"),
  task_storage: valued("TaskStorage"),
  inode_storage: valued("InodeStorage"),
  sk_storage: valued("SkStorage"),
  cgrp_storage: valued("CgroupStorage"),
  cgroup_storage: keyed("AttachedCgroupStorage"),
  percpu_cgroup_storage: keyed("PerCpuAttachedCgroupStorage"),
  array_of_maps: row("ArrayOfMaps", [], true),
  hash_of_maps: row("HashOfMaps", ["key"], true),
  prog_array: row("ProgArray"),
  sockmap: row("SockMap"),
  sockhash: row("SockHash", ["key"]),
  reuseport_sockarray: row("ReuseportSockArray"),
  devmap: row("DevMap"),
  devmap_hash: row("DevMapHash"),
  cpumap: row("CpuMap"),
  xskmap: row("XskMap"),
  stack_trace: row("StackTrace"),
  cgroup_array: row("CgroupArray"),
  struct_ops: row("StructOps"),
  arena: row("Arena"),
};

/** @param hasInner whether the declaration tells what a map of maps holds */
export function mapClass(type: MapType, hasInner: boolean): MapClass {
  const found = classes[type] ?? opaque;
  return found.ofMaps && !hasInner ? opaque : found;
}

/** All names that a skeleton may import for its maps. */
export const mapClassNames: readonly string[] = [opaque, ...Object.values(classes)].map((c) => c.name);
