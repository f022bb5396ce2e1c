import { type MapType, mapTypes } from "@tsbpfc/loader";
import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";
import { int, withBtf } from "./btf.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { BPF_F_MMAPABLE } from "./mmapable.js";

interface Row {
  readonly since: string;
  readonly key: number;
  readonly value: number;
  readonly entries: number | "page";
  readonly flags?: number;
  /** Storage is made for a type: its key and value are the integer of this BTF. */
  readonly typed?: boolean;
  /** A map of maps is made after one of them. */
  readonly ofMaps?: boolean;
}

const BPF_F_NO_PREALLOC = 1;
const one = (since: string): Row => ({ since, key: 4, value: 4, entries: 1 });
const storage = (since: string): Row => ({
  since,
  key: 4,
  value: 4,
  entries: 0,
  flags: BPF_F_NO_PREALLOC,
  typed: true,
});
/** Keyed by `struct bpf_cgroup_storage_key`. */
const attached = (since: string): Row => ({ since, key: 16, value: 4, entries: 0 });

/** A small map of each kind, as the kernel takes it. Releases: include/uapi/linux/bpf.h by release. */
const rows: Partial<Record<MapType, Row>> = {
  hash: one("3.19"),
  array: one("3.19"),
  prog_array: one("4.2"),
  perf_event_array: one("4.3"),
  percpu_hash: one("4.6"),
  percpu_array: one("4.6"),
  stack_trace: { ...one("4.6"), value: 8 },
  cgroup_array: one("4.8"),
  lru_hash: one("4.10"),
  lru_percpu_hash: one("4.10"),
  lpm_trie: { ...one("4.11"), key: 8, flags: BPF_F_NO_PREALLOC },
  array_of_maps: { ...one("4.12"), ofMaps: true },
  hash_of_maps: { ...one("4.12"), ofMaps: true },
  devmap: one("4.14"),
  sockmap: one("4.14"),
  cpumap: one("4.15"),
  xskmap: one("4.18"),
  sockhash: one("4.18"),
  cgroup_storage: attached("4.19"),
  reuseport_sockarray: one("4.19"),
  percpu_cgroup_storage: attached("4.20"),
  queue: { ...one("4.20"), key: 0 },
  stack: { ...one("4.20"), key: 0 },
  sk_storage: storage("5.2"),
  devmap_hash: one("5.4"),
  ringbuf: { since: "5.8", key: 0, value: 0, entries: "page" },
  inode_storage: storage("5.10"),
  task_storage: storage("5.11"),
  bloom_filter: { ...one("5.16"), key: 0 },
  user_ringbuf: { since: "6.1", key: 0, value: 0, entries: "page" },
  cgrp_storage: storage("6.2"),
  arena: { since: "6.9", key: 0, value: 0, entries: 1, flags: BPF_F_MMAPABLE },
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

function probe(type: MapType, row: Row): Answer {
  if (row.typed === true)
    return withBtf([int], (btf) =>
      answered(create(type, row, { btf_fd: btf, btf_key_type_id: 1, btf_value_type_id: 1 })),
    );
  if (row.ofMaps !== true) return answered(create(type, row));
  const inner = create("array", one(""));
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

/** Whether the kernel has a kind of map; undefined for kinds without a probe (`struct_ops`, and the newest). */
export function mapTypeFeature(type: MapType): Feature | undefined {
  const row = rows[type];
  if (!row) return undefined;
  return {
    name: `maps of type ${type}`,
    since: row.since,
    probe: () => probe(type, row),
  };
}
