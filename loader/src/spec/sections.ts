import type { AttachType, ProgramType } from "./kernel-enums.js";

/** What a section name asks of the kernel: one row of libbpf's table of sections. */
export interface SectionDef {
  /** The name, or what stands before the `/`. */
  readonly prefix: string;
  /** `exact`: the whole name. `target`: the name alone, or the name, `/`, and what to attach to. */
  readonly match: "exact" | "target";
  readonly type: ProgramType;
  /** null: the kernel wants none (0). */
  readonly attachType: AttachType | null;
  /** How libbpf attaches such a program from its section name alone; null: the user says where. */
  readonly attach: AttachKind | null;
  readonly flags: readonly SectionFlag[];
}

/** Ways to attach by section name; each is one function of the runtime. */
export type AttachKind =
  | "kprobe"
  | "kprobe_multi"
  | "ksyscall"
  | "uprobe"
  | "uprobe_multi"
  | "usdt"
  | "tracepoint"
  | "raw_tracepoint"
  | "trace"
  | "trace_multi"
  | "lsm"
  | "iter";

/**
 * `sleepable` and `xdp-frags` are bits of program load; `attach-btf`: the target is a BTF id at load;
 * `attach-type-optional`: kernels that refuse the expected attach type at load take the program without it.
 */
export type SectionFlag = "sleepable" | "xdp-frags" | "attach-btf" | "attach-type-optional";

/** `BPF_F_*` bits of `BPF_PROG_LOAD` for the flags that are such bits (include/uapi/linux/bpf.h). */
export const sectionFlagBits: Readonly<Partial<Record<SectionFlag, number>>> = {
  sleepable: 1 << 4,
  "xdp-frags": 1 << 5,
};

/** Every section name that libbpf 1.8 knows, in its order of precedence; `ages.ts` says which release has the newest. */
export const sections: readonly SectionDef[] = [
  row("socket", "exact", "socket_filter", null, null),
  row("sk_reuseport/migrate", "exact", "sk_reuseport", "sk_reuseport_select_or_migrate", null),
  row("sk_reuseport", "exact", "sk_reuseport", "sk_reuseport_select", null),
  row("kprobe", "target", "kprobe", null, "kprobe"),
  row("uprobe", "target", "kprobe", null, "uprobe"),
  row("uprobe.s", "target", "kprobe", null, "uprobe", "sleepable"),
  row("kretprobe", "target", "kprobe", null, "kprobe"),
  row("uretprobe", "target", "kprobe", null, "uprobe"),
  row("uretprobe.s", "target", "kprobe", null, "uprobe", "sleepable"),
  row("kprobe.multi", "target", "kprobe", "trace_kprobe_multi", "kprobe_multi"),
  row("kretprobe.multi", "target", "kprobe", "trace_kprobe_multi", "kprobe_multi"),
  row("kprobe.session", "target", "kprobe", "trace_kprobe_session", "kprobe_multi"),
  row("uprobe.multi", "target", "kprobe", "trace_uprobe_multi", "uprobe_multi"),
  row("uretprobe.multi", "target", "kprobe", "trace_uprobe_multi", "uprobe_multi"),
  row("uprobe.session", "target", "kprobe", "trace_uprobe_session", "uprobe_multi"),
  row("uprobe.multi.s", "target", "kprobe", "trace_uprobe_multi", "uprobe_multi", "sleepable"),
  row("uretprobe.multi.s", "target", "kprobe", "trace_uprobe_multi", "uprobe_multi", "sleepable"),
  row("uprobe.session.s", "target", "kprobe", "trace_uprobe_session", "uprobe_multi", "sleepable"),
  row("ksyscall", "target", "kprobe", null, "ksyscall"),
  row("kretsyscall", "target", "kprobe", null, "ksyscall"),
  row("usdt", "target", "kprobe", null, "usdt"),
  row("usdt.s", "target", "kprobe", null, "usdt", "sleepable"),
  row("tc/ingress", "exact", "sched_cls", "tcx_ingress", null),
  row("tc/egress", "exact", "sched_cls", "tcx_egress", null),
  row("tcx/ingress", "exact", "sched_cls", "tcx_ingress", null),
  row("tcx/egress", "exact", "sched_cls", "tcx_egress", null),
  row("tc", "exact", "sched_cls", null, null),
  row("classifier", "exact", "sched_cls", null, null),
  row("action", "exact", "sched_act", null, null),
  row("netkit/primary", "exact", "sched_cls", "netkit_primary", null),
  row("netkit/peer", "exact", "sched_cls", "netkit_peer", null),
  row("tracepoint", "target", "tracepoint", null, "tracepoint"),
  row("tp", "target", "tracepoint", null, "tracepoint"),
  row("tracepoint.s", "target", "tracepoint", null, "tracepoint", "sleepable"),
  row("tp.s", "target", "tracepoint", null, "tracepoint", "sleepable"),
  row("raw_tracepoint", "target", "raw_tracepoint", null, "raw_tracepoint"),
  row("raw_tp", "target", "raw_tracepoint", null, "raw_tracepoint"),
  row("raw_tracepoint.s", "target", "raw_tracepoint", null, "raw_tracepoint", "sleepable"),
  row("raw_tp.s", "target", "raw_tracepoint", null, "raw_tracepoint", "sleepable"),
  row("raw_tracepoint.w", "target", "raw_tracepoint_writable", null, "raw_tracepoint"),
  row("raw_tp.w", "target", "raw_tracepoint_writable", null, "raw_tracepoint"),
  row("tp_btf", "target", "tracing", "trace_raw_tp", "trace", "attach-btf"),
  row("tp_btf.s", "target", "tracing", "trace_raw_tp", "trace", "attach-btf", "sleepable"),
  row("fentry", "target", "tracing", "trace_fentry", "trace", "attach-btf"),
  row("fentry.s", "target", "tracing", "trace_fentry", "trace", "attach-btf", "sleepable"),
  row("fmod_ret", "target", "tracing", "modify_return", "trace", "attach-btf"),
  row("fmod_ret.s", "target", "tracing", "modify_return", "trace", "attach-btf", "sleepable"),
  row("fexit", "target", "tracing", "trace_fexit", "trace", "attach-btf"),
  row("fexit.s", "target", "tracing", "trace_fexit", "trace", "attach-btf", "sleepable"),
  row("fsession", "target", "tracing", "trace_fsession", "trace", "attach-btf"),
  row("fsession.s", "target", "tracing", "trace_fsession", "trace", "attach-btf", "sleepable"),
  row("fentry.multi", "target", "tracing", "trace_fentry_multi", "trace_multi"),
  row("fentry.multi.s", "target", "tracing", "trace_fentry_multi", "trace_multi", "sleepable"),
  row("fexit.multi", "target", "tracing", "trace_fexit_multi", "trace_multi"),
  row("fexit.multi.s", "target", "tracing", "trace_fexit_multi", "trace_multi", "sleepable"),
  row("fsession.multi", "target", "tracing", "trace_fsession_multi", "trace_multi"),
  row("fsession.multi.s", "target", "tracing", "trace_fsession_multi", "trace_multi", "sleepable"),
  row("freplace", "target", "ext", null, "trace", "attach-btf"),
  row("lsm", "target", "lsm", "lsm_mac", "lsm", "attach-btf"),
  row("lsm.s", "target", "lsm", "lsm_mac", "lsm", "attach-btf", "sleepable"),
  row("lsm_cgroup", "target", "lsm", "lsm_cgroup", null, "attach-btf"),
  row("iter", "target", "tracing", "trace_iter", "iter", "attach-btf"),
  row("iter.s", "target", "tracing", "trace_iter", "iter", "attach-btf", "sleepable"),
  row("syscall", "exact", "syscall", null, null, "sleepable"),
  row("xdp.frags/devmap", "exact", "xdp", "xdp_devmap", null, "xdp-frags"),
  row("xdp/devmap", "exact", "xdp", "xdp_devmap", null),
  row("xdp.frags/cpumap", "exact", "xdp", "xdp_cpumap", null, "xdp-frags"),
  row("xdp/cpumap", "exact", "xdp", "xdp_cpumap", null),
  row("xdp.frags", "exact", "xdp", "xdp", null, "xdp-frags"),
  row("xdp", "exact", "xdp", "xdp", null, "attach-type-optional"),
  row("perf_event", "exact", "perf_event", null, null),
  row("lwt_in", "exact", "lwt_in", null, null),
  row("lwt_out", "exact", "lwt_out", null, null),
  row("lwt_xmit", "exact", "lwt_xmit", null, null),
  row("lwt_seg6local", "exact", "lwt_seg6local", null, null),
  row("sockops", "exact", "sock_ops", "cgroup_sock_ops", null, "attach-type-optional"),
  row("sk_skb/stream_parser", "exact", "sk_skb", "sk_skb_stream_parser", null, "attach-type-optional"),
  row("sk_skb/stream_verdict", "exact", "sk_skb", "sk_skb_stream_verdict", null, "attach-type-optional"),
  row("sk_skb/verdict", "exact", "sk_skb", "sk_skb_verdict", null, "attach-type-optional"),
  row("sk_skb", "exact", "sk_skb", null, null),
  row("sk_msg", "exact", "sk_msg", "sk_msg_verdict", null, "attach-type-optional"),
  row("lirc_mode2", "exact", "lirc_mode2", "lirc_mode2", null, "attach-type-optional"),
  row("flow_dissector", "exact", "flow_dissector", "flow_dissector", null, "attach-type-optional"),
  row("cgroup_skb/ingress", "exact", "cgroup_skb", "cgroup_inet_ingress", null, "attach-type-optional"),
  row("cgroup_skb/egress", "exact", "cgroup_skb", "cgroup_inet_egress", null, "attach-type-optional"),
  row("cgroup/skb", "exact", "cgroup_skb", null, null),
  row("cgroup/sock_create", "exact", "cgroup_sock", "cgroup_inet_sock_create", null),
  row("cgroup/sock_release", "exact", "cgroup_sock", "cgroup_inet_sock_release", null),
  row("cgroup/sock", "exact", "cgroup_sock", "cgroup_inet_sock_create", null, "attach-type-optional"),
  row("cgroup/post_bind4", "exact", "cgroup_sock", "cgroup_inet4_post_bind", null),
  row("cgroup/post_bind6", "exact", "cgroup_sock", "cgroup_inet6_post_bind", null),
  row("cgroup/bind4", "exact", "cgroup_sock_addr", "cgroup_inet4_bind", null),
  row("cgroup/bind6", "exact", "cgroup_sock_addr", "cgroup_inet6_bind", null),
  row("cgroup/connect4", "exact", "cgroup_sock_addr", "cgroup_inet4_connect", null),
  row("cgroup/connect6", "exact", "cgroup_sock_addr", "cgroup_inet6_connect", null),
  row("cgroup/connect_unix", "exact", "cgroup_sock_addr", "cgroup_unix_connect", null),
  row("cgroup/sendmsg4", "exact", "cgroup_sock_addr", "cgroup_udp4_sendmsg", null),
  row("cgroup/sendmsg6", "exact", "cgroup_sock_addr", "cgroup_udp6_sendmsg", null),
  row("cgroup/sendmsg_unix", "exact", "cgroup_sock_addr", "cgroup_unix_sendmsg", null),
  row("cgroup/recvmsg4", "exact", "cgroup_sock_addr", "cgroup_udp4_recvmsg", null),
  row("cgroup/recvmsg6", "exact", "cgroup_sock_addr", "cgroup_udp6_recvmsg", null),
  row("cgroup/recvmsg_unix", "exact", "cgroup_sock_addr", "cgroup_unix_recvmsg", null),
  row("cgroup/getpeername4", "exact", "cgroup_sock_addr", "cgroup_inet4_getpeername", null),
  row("cgroup/getpeername6", "exact", "cgroup_sock_addr", "cgroup_inet6_getpeername", null),
  row("cgroup/getpeername_unix", "exact", "cgroup_sock_addr", "cgroup_unix_getpeername", null),
  row("cgroup/getsockname4", "exact", "cgroup_sock_addr", "cgroup_inet4_getsockname", null),
  row("cgroup/getsockname6", "exact", "cgroup_sock_addr", "cgroup_inet6_getsockname", null),
  row("cgroup/getsockname_unix", "exact", "cgroup_sock_addr", "cgroup_unix_getsockname", null),
  row("cgroup/sysctl", "exact", "cgroup_sysctl", "cgroup_sysctl", null),
  row("cgroup/getsockopt", "exact", "cgroup_sockopt", "cgroup_getsockopt", null),
  row("cgroup/setsockopt", "exact", "cgroup_sockopt", "cgroup_setsockopt", null),
  row("cgroup/dev", "exact", "cgroup_device", "cgroup_device", null, "attach-type-optional"),
  row("struct_ops", "target", "struct_ops", null, null),
  row("struct_ops.s", "target", "struct_ops", null, null, "sleepable"),
  row("sk_lookup", "exact", "sk_lookup", "sk_lookup", null),
  row("netfilter", "exact", "netfilter", "netfilter", null),
];

/** A section name taken apart. */
export interface SectionMatch {
  readonly def: SectionDef;
  /** What stands behind the prefix's `/`; empty if nothing. */
  readonly attachTo: string;
  /** False if the name begins with `?`. */
  readonly autoload: boolean;
  /** The name without a leading `?`. */
  readonly name: string;
}

/** Finds the row for a section name; null where libbpf knows none, so that the caller can say what is wrong. */
export function matchSection(section: string): SectionMatch | null {
  const autoload = !section.startsWith("?");
  const name = autoload ? section : section.slice(1);
  const exact = byPrefix.get(name);
  if (exact !== undefined) return { def: exact, attachTo: "", autoload, name };
  // Prefixes may hold a slash themselves (`xdp/devmap`), but only exact rows do: the first slash ends a target's.
  const slash = name.indexOf("/");
  if (slash < 0) return null;
  const def = byPrefix.get(name.slice(0, slash));
  if (def === undefined || def.match !== "target") return null;
  return { def, attachTo: name.slice(slash + 1), autoload, name };
}

function row(
  prefix: string,
  match: SectionDef["match"],
  type: ProgramType,
  attachType: AttachType | null,
  attach: AttachKind | null,
  ...flags: SectionFlag[]
): SectionDef {
  return { prefix, match, type, attachType, attach, flags };
}

const byPrefix = new Map(sections.map((def) => [def.prefix, def]));
