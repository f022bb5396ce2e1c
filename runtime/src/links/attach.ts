import { type AttachKind, attachTypes, matchSection, type ProgramType } from "@tsbpfc/loader";
import type { ProgramHandle } from "../programs/handle.js";
import type { LoadedObject } from "../programs/program.js";
import { UsageError } from "../sys/errors.js";
import type { Anchor } from "./anchor.js";
import { attachCgroup } from "./cgroup.js";
import { checkTraced, type Hook, type HookedProgram, hookOf } from "./hook.js";
import { attachIter, type CgroupOrder } from "./iter.js";
import { attachKprobe, attachKsyscall } from "./kprobe.js";
import { attachKprobeMulti } from "./kprobe-multi.js";
import type { Link } from "./link.js";
import { attachLirc } from "./lirc.js";
import { attachLwt } from "./lwt.js";
import { attachNetfilter, type NetfilterHook } from "./netfilter.js";
import { attachNetns } from "./netns.js";
import { attachRawTracepoint, attachTrace } from "./raw-tracepoint.js";
import { attachSampling, type Sampling } from "./sampling.js";
import { attachSocket } from "./socket.js";
import { attachSockmap } from "./sockmap.js";
import { attachTcx } from "./tcx.js";
import { attachTracepoint } from "./tracepoint.js";
import { attachTracingMulti } from "./tracing-multi.js";
import { whyNot } from "./unattachable.js";
import { attachUprobe, attachUprobeMulti } from "./uprobe.js";
import { attachUsdt } from "./usdt/attach.js";
import { attachXdp } from "./xdp.js";

/** Where to attach what a section's name leaves open. */
export interface AttachOptions {
  /**
   * Another hook than the program's own section says, by libbpf's name: `kprobe/do_unlinkat`, `tcx/egress`. Programs that
   * were opened from a pin or by number have none of their own. It has to be for programs of the same type; the kernel
   * refuses with EINVAL what the program was not loaded for. Tracing programs and LSM (`fentry`, `tp_btf`, `lsm`) have
   * their function since they were loaded: name the kind alone.
   */
  readonly section?: string;
  /** Network interface by name or index: XDP, tc and netkit programs, and where the packets of a `route` go. */
  readonly iface?: string;
  readonly ifindex?: number;
  /** How an XDP program is run; the kernel chooses if absent. */
  readonly mode?: "generic" | "driver" | "offload";
  /** Which way, for tc programs whose section (`tc`) does not say. */
  readonly direction?: "ingress" | "egress";
  /** Folder of a cgroup (version 2): cgroup programs, and the iterator of cgroups. */
  readonly cgroup?: string;
  /** What the iterator of cgroups goes through; descendants, parents first, if absent. */
  readonly order?: CgroupOrder;
  /** A network namespace's file, `/proc/self/ns/net`: socket lookup, flow dissector. */
  readonly netns?: string;
  /** uprobes: the executable or library, by path, or by name in the usual folders. */
  readonly binary?: string;
  /**
   * uprobes: the function; for `.multi`, a pattern with `*` and `?`. kprobe.multi, fentry.multi …: likewise. freplace:
   * the function of `target`.
   */
  readonly symbol?: string;
  /** Instead of a pattern: the functions themselves, for `.multi` and `.session`. */
  readonly symbols?: readonly string[];
  /** uprobe.multi: places as bytes of the file, instead of functions. */
  readonly offsets?: readonly number[];
  /** One for each of `symbols` or `offsets`, in their order, instead of one `cookie` for all. */
  readonly cookies?: readonly bigint[];
  /** uprobes: byte of the file where a counter is that the kernel keeps above zero meanwhile. Linux 4.20. */
  readonly semaphore?: number;
  /** freplace: another loaded program than the one that the program was loaded for. */
  readonly target?: { readonly fd: number };
  /** A static probe of the binary, `provider:name`. */
  readonly usdt?: string;
  /** uprobes: bytes from the start of the function, or of the file if no function is named. */
  readonly offset?: number;
  /** Only in this process: uprobes, perf events, and iterators of tasks. */
  readonly pid?: number;
  /** When a `perf_event` program runs. */
  readonly sampling?: Sampling;
  /** The map whose elements an iterator goes through, or on whose sockets `sk_skb` and `sk_msg` programs run. */
  readonly map?: { readonly fd: number };
  /** Descriptor of a socket: socket filters, and `sk_reuseport` by any socket of the group. */
  readonly socket?: number;
  /** An infrared receiver, `/dev/lirc0`. */
  readonly device?: string;
  readonly netfilter?: NetfilterHook;
  /** A network whose packets `lwt_*` programs see, `10.1.0.0/16`: a route to it is made, out of `iface`. */
  readonly route?: string;
  /** Place among the programs of the same hook: tcx, netkit; cgroups from Linux 6.17. */
  readonly anchor?: Anchor;
  /**
   * What `attached` gave as the hook's revision: refused with ESTALE if somebody has changed it since. tcx 6.6, netkit
   * 6.7, cgroups 6.17.
   */
  readonly revision?: bigint;
  /**
   * XDP and tc by netlink although the kernel has links: the attachment stays after this process, until it is closed.
   * Kernels without such links (XDP 5.9, tc 6.6) are asked so in any case.
   */
  readonly netlink?: boolean;
  /** Of tc filters by netlink: lower runs earlier. */
  readonly priority?: number;
  /** What `bpf_get_attach_cookie` gives: probes and tracepoints. Linux 5.15; tp_btf and fentry 6.0. */
  readonly cookie?: bigint;
}

export type Attach = (program: HookedProgram, options: AttachOptions) => Link;

/** By libbpf's way of attaching, which the section's row names. */
const byKind: Readonly<Record<AttachKind, Attach>> = {
  tracepoint: attachTracepoint,
  kprobe: attachKprobe,
  kprobe_multi: attachKprobeMulti,
  ksyscall: attachKsyscall,
  uprobe: attachUprobe,
  uprobe_multi: attachUprobeMulti,
  usdt: attachUsdt,
  raw_tracepoint: attachRawTracepoint,
  trace: attachTrace,
  trace_multi: attachTracingMulti,
  lsm: attachTrace,
  iter: attachIter,
};

/** By program type, where the section leaves the target to the user. */
const byType: Partial<Record<ProgramType, Attach>> = {
  xdp: attachXdp,
  sched_cls: attachTcx,
  cgroup_skb: attachCgroup,
  cgroup_sock: attachCgroup,
  cgroup_sock_addr: attachCgroup,
  cgroup_device: attachCgroup,
  cgroup_sysctl: attachCgroup,
  cgroup_sockopt: attachCgroup,
  sock_ops: attachCgroup,
  // The section lsm_cgroup: other LSM programs have a way of their own.
  lsm: attachCgroup,
  perf_event: attachSampling,
  sk_lookup: attachNetns,
  flow_dissector: attachNetns,
  sk_skb: attachSockmap,
  sk_msg: attachSockmap,
  socket_filter: attachSocket,
  sk_reuseport: attachSocket,
  lirc_mode2: attachLirc,
  lwt_in: attachLwt,
  lwt_out: attachLwt,
  lwt_xmit: attachLwt,
  lwt_seg6local: attachLwt,
  netfilter: attachNetfilter,
};

/** What the loader knows of a program that it has loaded itself. */
interface Own {
  readonly spec: Hook;
  readonly object: LoadedObject | null;
}

/**
 * Attaches by the section's name, as libbpf does: that of the options, else the program's own.
 *
 * @throws UsageError, SyscallError
 */
export function attachProgram(program: ProgramHandle, options: AttachOptions, own: Own | null): Link {
  const { label, fd, type } = program;
  const { section } = options;
  const hook =
    section === undefined ? own?.spec : hookOf({ label, type, loadedFor: own?.spec ?? null }, section);
  if (!hook)
    throw new UsageError(
      "target-missing",
      `${label}: say to what: attach({ section: "xdp", iface: "eth0" })`,
    );
  const kind = matchSection(hook.section)?.def.attach;
  const attach = (kind ? byKind[kind] : undefined) ?? byType[hook.type];
  const reason = whyNot(hook);
  if (!attach || reason !== null)
    throw new UsageError("unsupported", `${label}: section "${hook.section}" ${reason ?? "is not attached"}`);
  const link = attach({ fd, label, hook, object: own?.object ?? null }, options);
  if (section === undefined || (kind !== "trace" && kind !== "lsm") || hook.expectedAttachType === null)
    return link;
  return checkTraced(link, attachTypes[hook.expectedAttachType], label);
}
