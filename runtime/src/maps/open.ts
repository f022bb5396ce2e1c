import type { MapType } from "@tsbpfc/loader";
import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { Arena } from "./arena.js";
import { ArrayMap } from "./array.js";
import { AttachedCgroupStorage, PerCpuAttachedCgroupStorage } from "./attached-cgroup-storage.js";
import { BloomFilter } from "./bloom.js";
import { CgroupArray } from "./cgroup-array.js";
import type { MapHandle } from "./handle.js";
import { HashMap, LruHashMap, ResizableHashMap } from "./keyed.js";
import { LpmTrie } from "./lpm-trie.js";
import type { BpfMap } from "./map.js";
import { ArrayOfMaps, HashOfMaps } from "./maps-in-maps.js";
import { OpaqueMap } from "./opaque.js";
import { LruPerCpuHashMap, PerCpuArray, PerCpuHashMap } from "./per-cpu.js";
import { PerfEventArray } from "./perf-event-array.js";
import { Queue, Stack } from "./queue.js";
import { CpuMap, DevMap, DevMapHash, XskMap } from "./redirects.js";
import { RingBuf } from "./ringbuf.js";
import { ProgArray } from "./slots.js";
import { ReuseportSockArray, SockHash, SockMap } from "./sockets.js";
import { StackTrace } from "./stack-trace.js";
import { CgroupStorage, InodeStorage, SkStorage, TaskStorage } from "./storage.js";
import { StructOps } from "./struct-ops.js";
import { UserRingBuf } from "./user-ringbuf.js";

/** How a map's keys, values and records are laid out, as far as its kind has them. */
export interface MapCodecs {
  readonly key?: Codec<unknown>;
  readonly value?: Codec<unknown>;
  readonly record?: Codec<unknown>;
  /** Of the maps in a map of maps. */
  readonly inner?: MapCodecs;
}

type CodecOf = "key" | "value" | "record";
type Open = (
  handle: MapHandle,
  codec: (of: CodecOf) => Codec<unknown>,
  inner: (handle: MapHandle) => BpfMap,
) => BpfMap;

/** The class of each kind of map. A skeleton names it itself; this is for objects that have none. */
const classes: Partial<Record<MapType, Open>> = {
  hash: (handle, codec) => new HashMap(handle, codec("key"), codec("value")),
  lru_hash: (handle, codec) => new LruHashMap(handle, codec("key"), codec("value")),
  percpu_hash: (handle, codec) => new PerCpuHashMap(handle, codec("key"), codec("value")),
  lru_percpu_hash: (handle, codec) => new LruPerCpuHashMap(handle, codec("key"), codec("value")),
  lpm_trie: (handle, codec) => new LpmTrie(handle, codec("key"), codec("value")),
  array: (handle, codec) => new ArrayMap(handle, codec("value")),
  percpu_array: (handle, codec) => new PerCpuArray(handle, codec("value")),
  queue: (handle, codec) => new Queue(handle, codec("value")),
  stack: (handle, codec) => new Stack(handle, codec("value")),
  ringbuf: (handle, codec) => new RingBuf(handle, codec("record")),
  rhash: (handle, codec) => new ResizableHashMap(handle, codec("key"), codec("value")),
  bloom_filter: (handle, codec) => new BloomFilter(handle, codec("value")),
  array_of_maps: (handle, _, inner) => new ArrayOfMaps(handle, inner),
  hash_of_maps: (handle, codec, inner) => new HashOfMaps(handle, codec("key"), inner),
  task_storage: (handle, codec) => new TaskStorage(handle, codec("value")),
  inode_storage: (handle, codec) => new InodeStorage(handle, codec("value")),
  sk_storage: (handle, codec) => new SkStorage(handle, codec("value")),
  cgrp_storage: (handle, codec) => new CgroupStorage(handle, codec("value")),
  cgroup_storage: (handle, codec) => new AttachedCgroupStorage(handle, codec("key"), codec("value")),
  percpu_cgroup_storage: (handle, codec) =>
    new PerCpuAttachedCgroupStorage(handle, codec("key"), codec("value")),
  sockmap: (handle) => new SockMap(handle),
  sockhash: (handle, codec) => new SockHash(handle, codec("key")),
  reuseport_sockarray: (handle) => new ReuseportSockArray(handle),
  devmap: (handle) => new DevMap(handle),
  devmap_hash: (handle) => new DevMapHash(handle),
  cpumap: (handle) => new CpuMap(handle),
  xskmap: (handle) => new XskMap(handle),
  stack_trace: (handle) => new StackTrace(handle),
  cgroup_array: (handle) => new CgroupArray(handle),
  prog_array: (handle) => new ProgArray(handle),
  user_ringbuf: (handle, codec) => new UserRingBuf(handle, codec("record")),
  arena: (handle) => new Arena(handle),
  struct_ops: (handle) => new StructOps(handle),
  perf_event_array: (handle, codec) => new PerfEventArray(handle, codec("record")),
};

/**
 * A map by its kind's class; an `OpaqueMap` for kinds whose elements Node cannot reach.
 *
 * @throws UsageError `bad-value` if a codec is missing that the kind needs, `bad-size` if one does not fit
 */
export function openMap(handle: MapHandle, codecs: MapCodecs = {}): BpfMap {
  const open = classes[handle.facts.type];
  if (!open) return new OpaqueMap(handle);
  const codec = (of: CodecOf): Codec<unknown> => {
    const found = codecs[of];
    if (!found)
      throw new UsageError("bad-value", `${handle.label} (${handle.facts.type}) wants a codec of its ${of}`);
    return found;
  };
  return open(handle, codec, (inner) => openMap(inner, codecs.inner));
}
