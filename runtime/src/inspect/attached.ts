import { closeSync } from "node:fs";
import { type AttachType, attachTypes } from "@tsbpfc/loader";
import type { AttachOptions } from "../links/attach.js";
import { interfaceOf } from "../links/interface.js";
import { openTarget } from "../links/open-target.js";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { attachedXdp } from "./xdp.js";

/** Where to look: what `attach` takes for the same hook. */
export interface AttachedOptions
  extends Pick<AttachOptions, "iface" | "ifindex" | "cgroup" | "netns" | "device" | "map"> {
  /** Of a cgroup: also what it inherits from those above. */
  readonly effective?: boolean;
}

export interface AttachedProgram {
  readonly programId: number;
  /** Null if it is attached otherwise, or the hook does not say: only tcx and netkit do. */
  readonly linkId: number | null;
}

export interface Attached {
  /** In the order in which they run. */
  readonly programs: readonly AttachedProgram[];
  /** Of a cgroup: `BPF_F_ALLOW_OVERRIDE`, `BPF_F_ALLOW_MULTI`; of an interface's XDP program: the mode. Else 0. */
  readonly flags: number;
  /** Counts the changes of the hook: tcx and netkit, cgroups from Linux 6.17. Else 0. */
  readonly revision: bigint;
}

/** How a hook is found, and since when it can be asked. */
interface Target {
  readonly option: keyof AttachedOptions;
  readonly since: string;
}

const targets: readonly (readonly [RegExp, Target])[] = [
  [/^(cgroup_|lsm_cgroup$)/, { option: "cgroup", since: "4.15 (lsm_cgroup 6.0)" }],
  [/^(tcx|netkit)_/, { option: "iface", since: "6.6 (netkit 6.7)" }],
  [/^(flow_dissector|sk_lookup)$/, { option: "netns", since: "5.8 (sk_lookup 5.9)" }],
  [/^lirc_mode2$/, { option: "device", since: "4.18" }],
  [/^(sk_msg_verdict|sk_skb_(stream_parser|stream_verdict|verdict))$/, { option: "map", since: "5.17" }],
];

const BPF_F_QUERY_EFFECTIVE = 1;
/** How many programs there is room for at first; hooks of one kind rarely have more (kernel: 64 at most, `BPF_MPROG_MAX`, `BPF_CGROUP_MAX_PROGS`). */
const ROOM = 64;
const MOST_TRIES = 8;

/**
 * What is attached to a hook, by whomever: `attached("tcx_ingress", { iface: "eth0" })`; `attached("xdp", { iface })`
 * asks the interface. Filters of clsact are not shown.
 *
 * @throws UsageError `target-missing`, or `unsupported` for hooks that the kernel cannot be asked for; SyscallError
 */
export function attached(type: AttachType, options: AttachedOptions): Attached {
  const label = `programs at ${type}`;
  if (type === "xdp") return attachedXdp(interfaceOf(label, options), label);
  const target = targets.find(([takes]) => takes.test(type))?.[1];
  if (!target)
    throw new UsageError(
      "unsupported",
      `${label}: the kernel cannot be asked what is attached there; go through linkIds() and look at each link's info`,
    );
  if (target.option === "iface")
    return query(type, { target_ifindex: interfaceOf(label, options) }, 0, target, label);
  if (target.option === "map") {
    if (!options.map) throw missing(label, "map");
    return query(type, { target_fd: options.map.fd }, 0, target, label);
  }
  const path = options[target.option];
  if (typeof path !== "string") throw missing(label, target.option);
  const fd = openTarget(path, label);
  try {
    const flags = options.effective === true ? BPF_F_QUERY_EFFECTIVE : 0;
    return query(type, { target_fd: fd }, flags, target, label);
  } finally {
    closeSync(fd);
  }
}

const missing = (label: string, option: string): UsageError =>
  new UsageError("target-missing", `${label}: say of which ${option}: { ${option} }`);

type Place = { readonly target_fd: number } | { readonly target_ifindex: number };

/** BPF_PROG_QUERY, with more room while programs are added. */
function query(type: AttachType, place: Place, flags: number, { since }: Target, label: string): Attached {
  const k = kernel();
  // Older kernels refuse a field that they do not know, unless it is zero.
  const links = "target_ifindex" in place;
  let room = ROOM;
  for (let tries = 1; ; tries++) {
    const programs = new Uint32Array(room);
    const linkIds = new Uint32Array(room);
    const attr = new Struct("query", {
      ...place,
      attach_type: attachTypes[type],
      query_flags: flags,
      prog_ids: k.address(new Uint8Array(programs.buffer)),
      prog_cnt: room,
      link_ids: links ? k.address(new Uint8Array(linkIds.buffer)) : 0n,
    });
    const result = bpf(k, "BPF_PROG_QUERY", attr.bytes);
    const count = attr.number("prog_cnt");
    if (result === -errno.ENOSPC && tries < MOST_TRIES) {
      room = Math.max(2 * room, count);
      continue;
    }
    if (result < 0)
      throw new SyscallError(
        "bpf(BPF_PROG_QUERY)",
        -result,
        label,
        result === -errno.EINVAL ? `It needs Linux ${since}.` : "",
      );
    return {
      programs: [...programs.subarray(0, count)].map((programId, i) => ({
        programId,
        linkId: linkIds[i] || null,
      })),
      flags: attr.number("attach_flags"),
      revision: attr.bigint("revision"),
    };
  }
}
