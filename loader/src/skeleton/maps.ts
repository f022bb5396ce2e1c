import type { MapType } from "../spec/kernel-enums.js";

/** What types a map class of the runtime, in the order of its type parameters and of its codecs. */
export type MapParameter = "key" | "value" | "record";

export interface MapClass {
  /** Name in `@tsbpfc/runtime`. */
  readonly name: string;
  readonly parameters: readonly MapParameter[];
}

const keyed = (name: string): MapClass => ({ name, parameters: ["key", "value"] });
const valued = (name: string): MapClass => ({ name, parameters: ["value"] });
const recorded = (name: string): MapClass => ({ name, parameters: ["record"] });
const untyped = (name: string): MapClass => ({ name, parameters: [] });

/** Kinds without a class of their own are there by name, to be pinned and handed on. */
const opaque = untyped("OpaqueMap");

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
  prog_array: untyped("ProgArray"),
};

export const mapClass = (type: MapType): MapClass => classes[type] ?? opaque;

/** All names that a skeleton may import for its maps. */
export const mapClassNames: readonly string[] = [opaque, ...Object.values(classes)].map((c) => c.name);
