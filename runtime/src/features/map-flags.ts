import type { MapType } from "@tsbpfc/loader";
import type { FieldValues } from "../sys/attr.js";
import type { Feature } from "./feature.js";
import { mapFlagBits } from "./map-flag-bits.js";
import { mapFeatureProbe } from "./map-types.js";

/** A flag of BPF_MAP_CREATE, `BPF_F_*` of include/uapi/linux/bpf.h. */
export type MapFlag = keyof typeof mapFlagBits;

interface Row {
  readonly since: string;
  /** A kind of map that takes it, and what the flag wants besides. */
  readonly type: MapType;
  readonly values?: FieldValues<"mapCreate">;
}

/** What tells each flag from none. */
const rows: Readonly<Record<MapFlag, Row>> = {
  BPF_F_NO_PREALLOC: { since: "4.6", type: "hash" },
  BPF_F_NO_COMMON_LRU: { since: "4.10", type: "lru_hash" },
  BPF_F_NUMA_NODE: { since: "4.14", type: "array" },
  BPF_F_RDONLY: { since: "4.15", type: "array" },
  BPF_F_WRONLY: { since: "4.15", type: "array" },
  // The value is struct bpf_stack_build_id.
  BPF_F_STACK_BUILD_ID: { since: "4.17", type: "stack_trace", values: { value_size: 32 } },
  BPF_F_ZERO_SEED: { since: "5.0", type: "hash" },
  BPF_F_RDONLY_PROG: { since: "5.2", type: "array" },
  BPF_F_WRONLY_PROG: { since: "5.2", type: "array" },
  BPF_F_CLONE: { since: "5.4", type: "sk_storage" },
  BPF_F_MMAPABLE: { since: "5.5", type: "array" },
  BPF_F_PRESERVE_ELEMS: { since: "5.10", type: "perf_event_array" },
  BPF_F_INNER_MAP: { since: "5.10", type: "array" },
  BPF_F_SEGV_ON_FAULT: { since: "6.9", type: "arena" },
  BPF_F_NO_USER_CONV: { since: "6.9", type: "arena" },
  BPF_F_RB_OVERWRITE: { since: "6.19", type: "ringbuf" },
};

/** Whether the kernel takes a flag, of a kind of map that the flag is for. */
export function mapFlagFeature(flag: MapFlag): Feature {
  const { since, type, values = {} } = rows[flag];
  return {
    name: `map flag ${flag}`,
    since,
    probe: () => mapFeatureProbe(type, mapFlagBits[flag], values),
  };
}

export const mapFlags = Object.keys(rows) as readonly MapFlag[];

/** Arrays whose memory a process can share: live globals. Linux 5.5. */
export const mmapableArrays: Feature = mapFlagFeature("BPF_F_MMAPABLE");
