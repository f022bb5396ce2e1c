import type { MapType } from "@tsbpfc/loader";
import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { ArrayMap } from "./array.js";
import type { MapHandle } from "./handle.js";
import { HashMap, LpmTrie, LruHashMap } from "./hash.js";
import type { BpfMap } from "./map.js";
import { PerCpuArray, PerCpuHash } from "./per-cpu.js";
import { Queue, Stack } from "./queue.js";
import { RingBuf } from "./ring-buf.js";
import { PerfEventArray, ProgArray } from "./slots.js";

/** What a map's class needs to know of types; a kind takes those that it has. */
export interface MapCodecs<K, V> {
  readonly key: Codec<K>;
  readonly value: Codec<V>;
  readonly record: Codec<V>;
}

type Open = <K, V>(handle: MapHandle, codecs: MapCodecs<K, V>) => BpfMap;

/** The class of each kind of map. */
const classes: Partial<Record<MapType, Open>> = {
  hash: (handle, codecs) => new HashMap(handle, codecs),
  lru_hash: (handle, codecs) => new LruHashMap(handle, codecs),
  lpm_trie: (handle, codecs) => new LpmTrie(handle, codecs),
  array: (handle, codecs) => new ArrayMap(handle, codecs),
  percpu_hash: (handle, codecs) => new PerCpuHash(handle, codecs),
  lru_percpu_hash: (handle, codecs) => new PerCpuHash(handle, codecs),
  percpu_array: (handle, codecs) => new PerCpuArray(handle, codecs),
  queue: (handle, codecs) => new Queue(handle, codecs),
  stack: (handle, codecs) => new Stack(handle, codecs),
  ringbuf: (handle, codecs) => new RingBuf(handle, codecs),
  prog_array: (handle) => new ProgArray(handle),
  perf_event_array: (handle) => new PerfEventArray(handle),
};

/** A map of whatever kind the handle is. @throws UsageError `unsupported`, `bad-size` */
export function openMap<K, V>(handle: MapHandle, codecs: MapCodecs<K, V>): BpfMap {
  const open = classes[handle.facts.type];
  if (!open) throw new UsageError("unsupported", `${handle.label}: this version has no class for maps of type ${handle.facts.type}`);
  return open(handle, codecs);
}

/** Bytes as they are: for maps whose types are not known. */
export function bytesCodec(size: number): Codec<Uint8Array> {
  return {
    size,
    read: (view, at) => new Uint8Array(view.buffer, view.byteOffset + at, size).slice(),
    write: (view, at, value) => {
      if (value.length !== size) throw new UsageError("bad-size", `${value.length} bytes, where ${size} belong`);
      new Uint8Array(view.buffer, view.byteOffset + at, size).set(value);
    },
  };
}
