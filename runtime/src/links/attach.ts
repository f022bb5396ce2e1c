import { matchSection } from "@tsbpfc/loader";
import type { Program } from "../programs/program.js";
import { UsageError } from "../sys/errors.js";
import { attachCgroup } from "./cgroup.js";
import { attachKprobe } from "./kprobe.js";
import type { Link } from "./link.js";
import { attachRawTracepoint, attachTrace } from "./raw-tracepoint.js";
import { attachTcx } from "./tcx.js";
import { attachTracepoint } from "./tracepoint.js";
import { attachXdp } from "./xdp.js";

/** Where to attach what a section's name leaves open. */
export interface AttachOptions {
  /** Network interface by name or index: XDP and tc programs. */
  readonly iface?: string;
  readonly ifindex?: number;
  /** How an XDP program is run; the kernel chooses if absent. */
  readonly mode?: "generic" | "driver" | "offload";
  /** Folder of a cgroup (version 2): cgroup programs. */
  readonly cgroup?: string;
}

export type Attach = (program: Program, options: AttachOptions) => Link;

/** By libbpf's way of attaching, which the section's row names. */
const byKind: Partial<Record<string, Attach>> = {
  tracepoint: attachTracepoint,
  kprobe: attachKprobe,
  raw_tracepoint: attachRawTracepoint,
  trace: attachTrace,
  lsm: attachTrace,
};

/** By program type, where the section leaves the target to the user. */
const byType: Partial<Record<string, Attach>> = {
  xdp: attachXdp,
  sched_cls: attachTcx,
  cgroup_skb: attachCgroup,
  cgroup_sock: attachCgroup,
  cgroup_sock_addr: attachCgroup,
  cgroup_device: attachCgroup,
  cgroup_sysctl: attachCgroup,
  cgroup_sockopt: attachCgroup,
  sock_ops: attachCgroup,
};

/** Attaches by the section's name, as libbpf does. @throws UsageError, SyscallError */
export function attachProgram(program: Program, options: AttachOptions): Link {
  const kind = matchSection(program.spec.section)?.def.attach;
  const attach = (kind ? byKind[kind] : undefined) ?? byType[program.spec.type];
  if (!attach)
    throw new UsageError(
      "unsupported",
      `${program.label}: this version cannot attach section "${program.spec.section}" yet`,
    );
  return attach(program, options);
}
