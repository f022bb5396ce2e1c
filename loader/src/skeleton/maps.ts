import type { MapType } from "../spec/kernel-enums.js";
import type { MapSpec } from "../spec/spec.js";

/** How a map appears in a skeleton: the runtime's class, and which of key and value it is typed by. */
interface MapClass {
  readonly name: string;
  readonly parameters: readonly ("key" | "value" | "record")[];
}

const keyed = (name: string): MapClass => ({ name, parameters: ["key", "value"] });
const valued = (name: string): MapClass => ({ name, parameters: ["value"] });

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
  ringbuf: { name: "RingBuf", parameters: ["record"] },
};

/** Kinds without a class of their own are there by name, to be pinned and handed on. */
const opaque: MapClass = { name: "OpaqueMap", parameters: [] };

/** A map without the types that its class needs (an object without BTF) is opaque too. */
export const mapClass = (spec: MapSpec): MapClass => classes[spec.type] ?? opaque;
