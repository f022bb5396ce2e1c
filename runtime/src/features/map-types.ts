import { type MapType, mapTypeSince, mapTypes } from "@tsbpfc/loader";
import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";
import { int, withBtf } from "./btf.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { mapFlagBits } from "./map-flag-bits.js";

interface Row {
  readonly key: number;
  readonly value: number;
  readonly entries: number | "page";
  readonly flags?: number;
  /** Storage is made for a type: its key and value are the integer of this BTF. */
  readonly typed?: boolean;
  /** A map of maps is made after one of them. */
  readonly ofMaps?: boolean;
}

const { BPF_F_NO_PREALLOC, BPF_F_MMAPABLE } = mapFlagBits;
const one: Row = { key: 4, value: 4, entries: 1 };
const storage: Row = {
  key: 4,
  value: 4,
  entries: 0,
  flags: BPF_F_NO_PREALLOC,
  typed: true,
};
/** Keyed by `struct bpf_cgroup_storage_key`. */
const attached: Row = { key: 16, value: 4, entries: 0 };

/** A small map of each kind, as the kernel takes it. */
const rows: Partial<Record<MapType, Row>> = {
  hash: one,
  array: one,
  prog_array: one,
  perf_event_array: one,
  percpu_hash: one,
  percpu_array: one,
  stack_trace: { ...one, value: 8 },
  cgroup_array: one,
  lru_hash: one,
  lru_percpu_hash: one,
  lpm_trie: { ...one, key: 8, flags: BPF_F_NO_PREALLOC },
  array_of_maps: { ...one, ofMaps: true },
  hash_of_maps: { ...one, ofMaps: true },
  devmap: one,
  sockmap: one,
  cpumap: one,
  xskmap: one,
  sockhash: one,
  cgroup_storage: attached,
  reuseport_sockarray: one,
  percpu_cgroup_storage: attached,
  queue: { ...one, key: 0 },
  stack: { ...one, key: 0 },
  sk_storage: storage,
  devmap_hash: one,
  ringbuf: { key: 0, value: 0, entries: "page" },
  inode_storage: storage,
  task_storage: storage,
  bloom_filter: { ...one, key: 0 },
  user_ringbuf: { key: 0, value: 0, entries: "page" },
  cgrp_storage: storage,
  arena: { key: 0, value: 0, entries: 1, flags: BPF_F_MMAPABLE },
  // The value is struct bpf_insn_array_value.
  insn_array: { ...one, value: 16 },
  rhash: { ...one, flags: BPF_F_NO_PREALLOC },
};

function create(type: MapType, row: Row, more: FieldValues<"mapCreate"> = {}): number {
  const attr = new Struct("mapCreate", {
    map_type: mapTypes[type],
    key_size: row.key,
    value_size: row.value,
    max_entries: row.entries === "page" ? pageSize() : row.entries,
    map_flags: row.flags ?? 0,
    ...more,
  });
  return bpf(kernel(), "BPF_MAP_CREATE", attr.bytes);
}

function probe(type: MapType, row: Row, more: FieldValues<"mapCreate"> = {}): Answer {
  if (row.typed === true)
    return withBtf([int], (btf) =>
      answered(create(type, row, { ...more, btf_fd: btf, btf_key_type_id: 1, btf_value_type_id: 1 })),
    );
  if (row.ofMaps !== true) return answered(create(type, row, more));
  const inner = create("array", one);
  if (inner < 0) return answered(inner);
  try {
    return answered(create(type, row, { inner_map_fd: inner }));
  } finally {
    kernel().close(inner);
  }
}

function answered(result: number): Answer {
  if (result >= 0) kernel().close(result);
  return answerOf(result, new Set([errno.EINVAL]));
}

/** Whether the kernel makes a map of a kind with these flags, and what else its attribute says. */
export function mapFeatureProbe(type: MapType, flags: number, more: FieldValues<"mapCreate"> = {}): Answer {
  const row = rows[type];
  return row ? probe(type, { ...row, flags: (row.flags ?? 0) | flags }, more) : "unknown";
}

/** Whether the kernel has a kind of map; undefined for kinds without a probe (`struct_ops`). */
export function mapTypeFeature(type: MapType): Feature | undefined {
  const row = rows[type];
  const since = mapTypeSince[type];
  if (!row || since === undefined) return undefined;
  return {
    name: `maps of type ${type}`,
    since,
    probe: () => probe(type, row),
  };
}
