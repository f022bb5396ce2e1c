import { type AttachType, attachTypes, type ProgramType, programTypes, readKernelBtf } from "@tsbpfc/loader";
import type { FieldValues } from "../sys/attr.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { returnZero, tryLoad } from "./try-load.js";

interface Row {
  readonly since: string;
  /** Where the kernel wants to be told. */
  readonly attach?: AttachType;
  readonly flags?: number;
  /** What of the kernel's types it is loaded for. */
  readonly target?: { readonly kind: "func" | "typedef"; readonly name: string };
}

const BPF_F_SLEEPABLE = 1 << 4;

/** The first release of each type (include/uapi/linux/bpf.h by release), and what a program of it has to say. */
const rows: Partial<Record<ProgramType, Row>> = {
  socket_filter: { since: "3.19" },
  kprobe: { since: "4.1" },
  sched_cls: { since: "4.1" },
  sched_act: { since: "4.1" },
  tracepoint: { since: "4.7" },
  xdp: { since: "4.8" },
  perf_event: { since: "4.9" },
  cgroup_skb: { since: "4.10" },
  cgroup_sock: { since: "4.10" },
  lwt_in: { since: "4.10" },
  lwt_out: { since: "4.10" },
  lwt_xmit: { since: "4.10" },
  sock_ops: { since: "4.13" },
  sk_skb: { since: "4.14" },
  cgroup_device: { since: "4.15" },
  sk_msg: { since: "4.17" },
  raw_tracepoint: { since: "4.17" },
  cgroup_sock_addr: { since: "4.17", attach: "cgroup_inet4_bind" },
  lwt_seg6local: { since: "4.18" },
  sk_reuseport: { since: "4.19" },
  flow_dissector: { since: "4.20" },
  cgroup_sysctl: { since: "5.2" },
  raw_tracepoint_writable: { since: "5.2" },
  cgroup_sockopt: { since: "5.3", attach: "cgroup_setsockopt" },
  tracing: {
    since: "5.5",
    attach: "trace_raw_tp",
    target: { kind: "typedef", name: "btf_trace_sched_switch" },
  },
  lsm: { since: "5.7", attach: "lsm_mac", target: { kind: "func", name: "bpf_lsm_bpf" } },
  sk_lookup: { since: "5.9", attach: "sk_lookup" },
  syscall: { since: "5.14", flags: BPF_F_SLEEPABLE },
  netfilter: { since: "6.4", attach: "netfilter" },
};

/** What a program of a type has to be loaded with; null if this kernel has nothing that it is loaded for. */
export function loadValues(type: ProgramType): FieldValues<"programLoad"> | null {
  const row = rows[type];
  const target = row?.target === undefined ? 0 : readKernelBtf().find(row.target.name, [row.target.kind])[0];
  if (target === undefined) return null;
  return {
    prog_type: programTypes[type],
    ...(row?.attach && { expected_attach_type: attachTypes[row.attach] }),
    ...(row?.flags !== undefined && { prog_flags: row.flags }),
    ...(target !== 0 && { attach_btf_id: target }),
  };
}

/** The kernel says EINVAL to types that it does not know or was built without; 524 is its own ENOTSUPP. */
const refusals: ReadonlySet<number> = new Set([errno.EINVAL, errno.EOPNOTSUPP, 524]);

/**
 * Whether the kernel loads programs of a type. Undefined for those whose programs are loaded for another object
 * (`ext`, `struct_ops`), and for `lirc_mode2`, which is there with infrared receivers.
 */
export function programTypeFeature(type: ProgramType): Feature | undefined {
  const row = rows[type];
  if (!row) return undefined;
  return {
    name: `programs of type ${type}`,
    since: row.since,
    probe: (): Answer => {
      const values = loadValues(type);
      if (values === null) return "no";
      const result = tryLoad(returnZero, values);
      if (result >= 0) kernel().close(result);
      return answerOf(result, refusals);
    },
  };
}
