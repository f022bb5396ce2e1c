import {
  type AttachType,
  attachTypes,
  type ProgramType,
  programTypeSince,
  programTypes,
} from "@tsbpfc/loader";
import { vmlinuxBtf } from "../load/vmlinux.js";
import type { FieldValues } from "../sys/attr.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { returnZero, tryLoad, tryLoadWithLog } from "./try-load.js";

interface Row {
  /** Where the kernel wants to be told. */
  readonly attach?: AttachType;
  /** Where programs are attached that are asked for helpers, which depend on it; older kernels know no such field. */
  readonly helpersAt?: AttachType;
  readonly flags?: number;
  /** What of the kernel's types it is loaded for. */
  readonly target?: { readonly kind: "func" | "typedef"; readonly name: string };
  /**
   * Of types whose programs are loaded for another object: what the kernel says of the kernel's first type in its place,
   * once it knows the type of program (libbpf asks so as well: `probe_prog_load`).
   */
  readonly knownBy?: { readonly errno: number; readonly log: string };
}

/** The kernel's own: not supported. */
const ENOTSUPP = 524;

const BPF_F_SLEEPABLE = 1 << 4;

/** What a program of each type has to say. */
const rows: Partial<Record<ProgramType, Row>> = {
  socket_filter: {},
  kprobe: {},
  sched_cls: {},
  sched_act: {},
  tracepoint: {},
  xdp: {},
  perf_event: {},
  cgroup_skb: {},
  cgroup_sock: {},
  lwt_in: {},
  lwt_out: {},
  lwt_xmit: {},
  sock_ops: {},
  sk_skb: {},
  cgroup_device: { helpersAt: "cgroup_device" },
  sk_msg: {},
  raw_tracepoint: {},
  cgroup_sock_addr: { attach: "cgroup_inet4_bind", helpersAt: "cgroup_inet4_connect" },
  lwt_seg6local: {},
  sk_reuseport: {},
  flow_dissector: {},
  cgroup_sysctl: { helpersAt: "cgroup_sysctl" },
  raw_tracepoint_writable: {},
  cgroup_sockopt: { attach: "cgroup_setsockopt" },
  tracing: {
    attach: "trace_raw_tp",
    target: { kind: "typedef", name: "btf_trace_sched_switch" },
  },
  lsm: { attach: "lsm_mac", target: { kind: "func", name: "bpf_lsm_bpf" } },
  sk_lookup: { attach: "sk_lookup" },
  syscall: { flags: BPF_F_SLEEPABLE },
  netfilter: { attach: "netfilter" },
  lirc_mode2: {},
  struct_ops: { knownBy: { errno: ENOTSUPP, log: "" } },
  ext: { knownBy: { errno: errno.EINVAL, log: "Cannot replace kernel functions" } },
};

/** The same for a program that is asked for helpers. */
export function helperValues(type: ProgramType): FieldValues<"programLoad"> | null {
  const values = loadValues(type);
  const at = rows[type]?.helpersAt;
  return values && at ? { ...values, expected_attach_type: attachTypes[at] } : values;
}

/** What a program of a type has to be loaded with; null if this kernel has nothing that it is loaded for. */
export function loadValues(type: ProgramType): FieldValues<"programLoad"> | null {
  const row = rows[type];
  const target = row?.target === undefined ? 0 : vmlinuxBtf().find(row.target.name, [row.target.kind])[0];
  if (target === undefined) return null;
  return {
    prog_type: programTypes[type],
    ...(row?.attach && { expected_attach_type: attachTypes[row.attach] }),
    ...(row?.flags !== undefined && { prog_flags: row.flags }),
    ...(target !== 0 && { attach_btf_id: target }),
    ...(row?.knownBy && { attach_btf_id: 1 }),
  };
}

/** The kernel says EINVAL to types that it does not know or was built without; 524 is its own ENOTSUPP. */
const refusals: ReadonlySet<number> = new Set([errno.EINVAL, errno.EOPNOTSUPP, ENOTSUPP]);

/** Whether the kernel loads programs of a type; undefined for types that are newer than this version. */
export function programTypeFeature(type: ProgramType): Feature | undefined {
  const row = rows[type];
  const since = programTypeSince[type];
  if (!row || since === undefined) return undefined;
  return {
    name: `programs of type ${type}`,
    since,
    probe: (): Answer => {
      const values = loadValues(type);
      if (values === null) return "no";
      const { knownBy } = row;
      const { result, log } = knownBy
        ? tryLoadWithLog(returnZero, values)
        : { result: tryLoad(returnZero, values), log: "" };
      if (result >= 0) kernel().close(result);
      if (knownBy && -result === knownBy.errno && log.includes(knownBy.log)) return "yes";
      return answerOf(result, refusals);
    },
  };
}
