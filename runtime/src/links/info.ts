import type { FieldName, Struct } from "../sys/attr.js";

/** `enum bpf_link_type`, include/uapi/linux/bpf.h. */
const kinds = [
  "unspec",
  "raw_tracepoint",
  "tracing",
  "cgroup",
  "iter",
  "netns",
  "xdp",
  "perf_event",
  "kprobe_multi",
  "struct_ops",
  "netfilter",
  "tcx",
  "uprobe_multi",
  "netkit",
  "sockmap",
] as const;

export type LinkKind = (typeof kinds)[number];

/** Of each kind, what is told as a number. */
const fields: Partial<Record<LinkKind, readonly FieldName<"linkInfo">[]>> = {
  raw_tracepoint: ["raw_tracepoint.cookie"],
  tracing: ["tracing.attach_type", "tracing.target_obj_id", "tracing.target_btf_id", "tracing.cookie"],
  cgroup: ["cgroup.cgroup_id", "cgroup.attach_type"],
  netns: ["netns.netns_ino", "netns.attach_type"],
  xdp: ["xdp.ifindex"],
  perf_event: ["perf_event.type"],
  kprobe_multi: ["kprobe_multi.count", "kprobe_multi.flags", "kprobe_multi.missed"],
  struct_ops: ["struct_ops.map_id"],
  netfilter: ["netfilter.pf", "netfilter.hooknum", "netfilter.priority", "netfilter.flags"],
  tcx: ["tcx.ifindex", "tcx.attach_type"],
  uprobe_multi: ["uprobe_multi.count", "uprobe_multi.flags", "uprobe_multi.pid"],
  netkit: ["netkit.ifindex", "netkit.attach_type"],
  sockmap: ["sockmap.map_id", "sockmap.attach_type"],
};

/** What the kernel tells of a link. */
export interface LinkInfo {
  readonly id: number;
  readonly programId: number;
  /** `BPF_LINK_TYPE_*`. */
  readonly type: number;
  /** Null: of a kernel newer than this version. */
  readonly kind: LinkKind | null;
  /** `struct bpf_link_info` of the kind, by its fields' names: `ifindex`, `cgroup_id`. Zero where the kernel is older. */
  readonly details: Readonly<Record<string, bigint>>;
}

export function linkInfo(info: Struct<"linkInfo">): LinkInfo {
  const type = info.number("type");
  const kind = kinds[type] ?? null;
  const names = (kind === null ? undefined : fields[kind]) ?? [];
  return {
    id: info.number("id"),
    programId: info.number("prog_id"),
    type,
    kind,
    details: Object.fromEntries(names.map((name) => [name.slice(name.indexOf(".") + 1), info.bigint(name)])),
  };
}
