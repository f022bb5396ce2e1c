import type { MapType } from "@tsbpfc/loader";
import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { ArrayMap } from "./array.js";
import type { MapHandle } from "./handle.js";
import { HashMap, LruHashMap } from "./keyed.js";
import { LpmTrie } from "./lpm-trie.js";
import type { BpfMap } from "./map.js";
import { OpaqueMap } from "./opaque.js";
import { LruPerCpuHashMap, PerCpuArray, PerCpuHashMap } from "./per-cpu.js";
import { PerfEventArray } from "./perf-event-array.js";
import { Queue, Stack } from "./queue.js";
import { RingBuf } from "./ringbuf.js";
import { ProgArray } from "./slots.js";
import { UserRingBuf } from "./user-ringbuf.js";

/** How a map's keys, values and records are laid out, as far as its kind has them. */
export interface MapCodecs {
  readonly key?: Codec<unknown>;
  readonly value?: Codec<unknown>;
  readonly record?: Codec<unknown>;
}

type Open = (handle: MapHandle, codec: (of: keyof MapCodecs) => Codec<unknown>) => BpfMap;

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
  prog_array: (handle) => new ProgArray(handle),
  user_ringbuf: (handle, codec) => new UserRingBuf(handle, codec("record")),
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
  return open(handle, (of) => {
    const codec = codecs[of];
    if (!codec)
      throw new UsageError("bad-value", `${handle.label} (${handle.facts.type}) wants a codec of its ${of}`);
    return codec;
  });
}
