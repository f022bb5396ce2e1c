import type { FieldName, FieldValues, Struct } from "../sys/attr.js";
import { objectInfo } from "../sys/bpf.js";
import { kernel } from "../sys/kernel.js";

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
  "tracing_multi",
] as const;

export type LinkKind = (typeof kinds)[number];

type Field = FieldName<"linkInfo">;

/** Of each kind, what is told as a number. */
const fields = {
  unspec: [],
  iter: ["iter.map.map_id"],
  perf_event: [],
  raw_tracepoint: ["raw_tracepoint.cookie"],
  tracing: ["tracing.attach_type", "tracing.target_obj_id", "tracing.target_btf_id", "tracing.cookie"],
  cgroup: ["cgroup.cgroup_id", "cgroup.attach_type"],
  netns: ["netns.netns_ino", "netns.attach_type"],
  xdp: ["xdp.ifindex"],
  kprobe_multi: ["kprobe_multi.count", "kprobe_multi.flags", "kprobe_multi.missed"],
  struct_ops: ["struct_ops.map_id"],
  netfilter: ["netfilter.pf", "netfilter.hooknum", "netfilter.priority", "netfilter.flags"],
  tcx: ["tcx.ifindex", "tcx.attach_type"],
  uprobe_multi: ["uprobe_multi.count", "uprobe_multi.flags", "uprobe_multi.pid"],
  netkit: ["netkit.ifindex", "netkit.attach_type"],
  sockmap: ["sockmap.map_id", "sockmap.attach_type"],
  tracing_multi: ["tracing_multi.attach_type", "tracing_multi.count", "tracing_multi.btf_obj_id"],
} as const satisfies Record<LinkKind, readonly Field[]>;

/** `enum bpf_perf_event_type`: what a link to a perf event is of. Linux 6.6. */
const events = [null, "uprobe", "uretprobe", "kprobe", "kretprobe", "tracepoint", "event"] as const;

export type EventKind = NonNullable<(typeof events)[number]>;

/** Of each kind of event, what is told as a number. */
const uprobeFields = [
  "perf_event.uprobe.offset",
  "perf_event.uprobe.cookie",
  "perf_event.uprobe.ref_ctr_offset",
] as const;
const kprobeFields = [
  "perf_event.kprobe.addr",
  "perf_event.kprobe.offset",
  "perf_event.kprobe.missed",
  "perf_event.kprobe.cookie",
] as const;
const eventFields = {
  uprobe: uprobeFields,
  uretprobe: uprobeFields,
  kprobe: kprobeFields,
  kretprobe: kprobeFields,
  tracepoint: ["perf_event.tracepoint.cookie"],
  event: ["perf_event.event.type", "perf_event.event.config", "perf_event.event.cookie"],
} as const satisfies Record<EventKind, readonly Field[]>;

/** A text of a kind: where its buffer and the buffer's size go. */
type Text = readonly [Field, Field];

const texts: Partial<Record<LinkKind | EventKind, Text>> = {
  raw_tracepoint: ["raw_tracepoint.tp_name", "raw_tracepoint.tp_name_len"],
  iter: ["iter.target_name", "iter.target_name_len"],
  uprobe_multi: ["uprobe_multi.path", "uprobe_multi.path_size"],
  uprobe: ["perf_event.uprobe.file_name", "perf_event.uprobe.name_len"],
  uretprobe: ["perf_event.uprobe.file_name", "perf_event.uprobe.name_len"],
  kprobe: ["perf_event.kprobe.func_name", "perf_event.kprobe.name_len"],
  kretprobe: ["perf_event.kprobe.func_name", "perf_event.kprobe.name_len"],
  tracepoint: ["perf_event.tracepoint.tp_name", "perf_event.tracepoint.name_len"],
};

/** Lists of 64-bit numbers, and of 32-bit ones; how long they are. */
interface Lists {
  readonly count: Field;
  readonly of: readonly Field[];
  readonly of32?: readonly Field[];
}
const lists: Partial<Record<LinkKind, Lists>> = {
  kprobe_multi: { count: "kprobe_multi.count", of: ["kprobe_multi.addrs", "kprobe_multi.cookies"] },
  uprobe_multi: {
    count: "uprobe_multi.count",
    of: ["uprobe_multi.offsets", "uprobe_multi.ref_ctr_offsets", "uprobe_multi.cookies"],
  },
  tracing_multi: {
    count: "tracing_multi.count",
    of: ["tracing_multi.addrs", "tracing_multi.cookies"],
    of32: ["tracing_multi.ids"],
  },
};

/** Longest path (kernel: `PATH_MAX`); other names are shorter. */
const TEXT = 4096;

/** What the kernel tells of a link, whatever its kind. */
interface Common {
  readonly id: number;
  readonly programId: number;
  /** `BPF_LINK_TYPE_*`. */
  readonly type: number;
  /**
   * What it is attached to, as the kernel names it: the tracepoint (`tp_name`; `sched:sched_switch` through a perf
   * event), the function (`func_name`), the binary (`file_name`, `path`), what an iterator goes through
   * (`target_name`). Raw tracepoints and iterators 5.8, perf events 6.6, uprobe.multi 6.8; else null.
   */
  readonly target: string | null;
  /**
   * One element for each function of kprobe.multi (`addrs`, Linux 6.6; `cookies` 6.9), uprobe.multi (`offsets`,
   * `ref_ctr_offsets`, `cookies`, 6.8) and fentry.multi (`ids` of BTF, `addrs`, `cookies`, 7.3). The kernel shows addresses as zero to those who may not see them.
   */
  readonly lists: Readonly<Record<string, readonly bigint[]>>;
}

type Last<Name extends string> = Name extends `${string}.${infer Rest}` ? Last<Rest> : Name;
type Numbers<Names extends readonly string[]> = { readonly [N in Names[number] as Last<N>]: bigint };

type PlainKind = Exclude<LinkKind, "perf_event">;
/** What stands in `struct bpf_link_info` of the kind, by its fields' names; zero where the kernel is older. */
type Plain = {
  [K in PlainKind]: { readonly kind: K; readonly event: null; readonly details: Numbers<(typeof fields)[K]> };
}[PlainKind];
type OfEvent = {
  [E in EventKind]: {
    readonly kind: "perf_event";
    readonly event: E;
    readonly details: Numbers<(typeof eventFields)[E]>;
  };
}[EventKind];
/** To a perf event before Linux 6.6, or of a kind that is newer than this version. */
interface Untold {
  readonly kind: "perf_event" | null;
  readonly event: null;
  readonly details: Readonly<Record<string, never>>;
}

/**
 * What the kernel tells of a link: `details` by `kind`, and of links to perf events by `event` (what they are of, told
 * since Linux 6.6). `kind` is null for links of a kernel newer than this version.
 */
export type LinkInfo = Common & (Plain | OfEvent | Untold);

const last = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** `struct bpf_link_info`, asked for a second time with room for texts and lists, if it has some. @throws SyscallError */
export function linkInfo(fd: number, label: string): LinkInfo {
  const info = objectInfo(fd, "linkInfo", label);
  const type = info.number("type");
  const kind = kinds[type] ?? null;
  const event = kind === "perf_event" ? (events[info.number("perf_event.type")] ?? null) : null;
  const names: readonly Field[] = event ? eventFields[event] : kind ? fields[kind] : [];
  const more = (values: FieldValues<"linkInfo">): Struct<"linkInfo"> =>
    objectInfo(fd, "linkInfo", label, values);
  const text = texts[event ?? kind ?? "unspec"];
  const told = {
    id: info.number("id"),
    programId: info.number("prog_id"),
    type,
    kind,
    event,
    details: Object.fromEntries(names.map((name) => [last(name), info.bigint(name)])),
    target: text ? textOf(text, more) : null,
    lists: kind ? listsOf(kind, info, more) : {},
  };
  // The tables that the types are made of have just been read.
  return told as LinkInfo;
}

type Ask = (values: FieldValues<"linkInfo">) => Struct<"linkInfo">;

/** Null if the kernel wrote nothing: it is older than the text. */
function textOf([pointer, size]: Text, ask: Ask): string | null {
  const bytes = Buffer.alloc(TEXT);
  ask({ [pointer]: kernel().address(bytes), [size]: TEXT });
  return bytes[0] === 0 ? null : bytes.toString("utf8", 0, bytes.indexOf(0));
}

function listsOf(kind: LinkKind, info: Struct<"linkInfo">, ask: Ask): Readonly<Record<string, bigint[]>> {
  const rows = lists[kind];
  const count = rows ? info.number(rows.count) : 0;
  if (!rows || count === 0) return {};
  const arrays = [
    ...rows.of.map((name) => ({ name, values: new BigUint64Array(count) })),
    ...(rows.of32 ?? []).map((name) => ({ name, values: new Uint32Array(count) })),
  ];
  const k = kernel();
  const pointers = arrays.map(({ name, values }) => [name, k.address(new Uint8Array(values.buffer))]);
  ask({ [rows.count]: count, ...Object.fromEntries(pointers) });
  return Object.fromEntries(arrays.map(({ name, values }) => [last(name), Array.from(values, BigInt)]));
}
