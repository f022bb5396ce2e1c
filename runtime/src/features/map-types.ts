import { type MapType, mapTypes } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";
import { int, withBtf } from "./btf.js";
import { type Answer, answerOf, type Feature } from "./feature.js";

interface Row {
  readonly since: string;
  /** Local storage: the kernel wants the key's and the value's types as well. */
  readonly typed?: true;
  readonly key: number;
  readonly value: number;
  readonly entries: number | "page";
  readonly flags?: number;
}

const BPF_F_NO_PREALLOC = 1;

const storage = { key: 4, value: 4, entries: 0, flags: BPF_F_NO_PREALLOC, typed: true } as const;

/** A small map of each kind that has a class, as the kernel takes it. */
const rows: Partial<Record<MapType, Row>> = {
  hash: { since: "3.19", key: 4, value: 4, entries: 1 },
  array: { since: "3.19", key: 4, value: 4, entries: 1 },
  prog_array: { since: "4.2", key: 4, value: 4, entries: 1 },
  perf_event_array: { since: "4.3", key: 4, value: 4, entries: 1 },
  percpu_hash: { since: "4.6", key: 4, value: 4, entries: 1 },
  percpu_array: { since: "4.6", key: 4, value: 4, entries: 1 },
  lru_hash: { since: "4.10", key: 4, value: 4, entries: 1 },
  lru_percpu_hash: { since: "4.10", key: 4, value: 4, entries: 1 },
  lpm_trie: { since: "4.11", key: 8, value: 4, entries: 1, flags: BPF_F_NO_PREALLOC },
  queue: { since: "4.20", key: 0, value: 4, entries: 1 },
  stack: { since: "4.20", key: 0, value: 4, entries: 1 },
  sk_storage: { since: "5.2", ...storage },
  ringbuf: { since: "5.8", key: 0, value: 0, entries: "page" },
  inode_storage: { since: "5.10", ...storage },
  task_storage: { since: "5.11", ...storage },
  bloom_filter: { since: "5.16", key: 0, value: 4, entries: 1 },
  user_ringbuf: { since: "6.1", key: 0, value: 0, entries: "page" },
  cgrp_storage: { since: "6.2", ...storage },
};

/** Whether the kernel has a kind of map; undefined for kinds without a probe. */
export function mapTypeFeature(type: MapType): Feature | undefined {
  const row = rows[type];
  if (!row) return undefined;
  return {
    name: `maps of type ${type}`,
    since: row.since,
    probe: () => (row.typed ? withBtf([int], (btf) => creates(type, row, btf)) : creates(type, row)),
  };
}

function creates(type: MapType, row: Row, btf?: number): Answer {
  const types = btf === undefined ? {} : { btf_fd: btf, btf_key_type_id: 1, btf_value_type_id: 1 };
  const attr = new Struct("mapCreate", {
    ...types,
    map_type: mapTypes[type],
    key_size: row.key,
    value_size: row.value,
    max_entries: row.entries === "page" ? pageSize() : row.entries,
    map_flags: row.flags ?? 0,
  });
  const result = bpf(kernel(), "BPF_MAP_CREATE", attr.bytes);
  if (result >= 0) kernel().close(result);
  return answerOf(result, new Set([errno.EINVAL]));
}
