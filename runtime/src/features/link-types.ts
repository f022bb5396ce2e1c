import { type AttachType, attachTypes, type ProgramType, programTypes } from "@tsbpfc/loader";
import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf, cText } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Answer, Feature } from "./feature.js";
import { returnZero, tryLoad } from "./try-load.js";

/** Kinds of links that can be asked for without attaching anything. */
export type LinkType =
  | "cgroup"
  | "netns"
  | "xdp"
  | "perf_event"
  | "tcx"
  | "netkit"
  | "uprobe_multi"
  | "uprobe_session"
  | "netfilter"
  | "sockmap";

interface Row {
  readonly since: string;
  readonly type: ProgramType;
  readonly attach: AttachType;
  /** A target that is not there. */
  readonly target: () => FieldValues<"linkCreate">;
  /** What a kernel says that knows the kind, and has looked for the target. */
  readonly yes: number;
}

const nowhere = (): FieldValues<"linkCreate"> => ({ target_fd: -1 });
/** No interface has this number: the kernel gives them from 1. */
const noInterface = (): FieldValues<"linkCreate"> => ({ target_ifindex: 0x7fff_ffff });
/** The loopback interface runs no XDP programs in its driver: XDP_FLAGS_DRV_MODE is refused, and nothing attached. */
const loopback = (): FieldValues<"linkCreate"> => ({ target_ifindex: 1, flags: 1 << 2 });
/** A folder is no file to probe. */
const folder = (): FieldValues<"linkCreate"> => {
  const k = kernel();
  const offsets = new Uint8Array(8);
  return {
    "uprobe_multi.path": k.address(cText("/")),
    "uprobe_multi.offsets": k.address(offsets),
    "uprobe_multi.cnt": 1,
  };
};

const rows: Readonly<Record<LinkType, Row>> = {
  cgroup: {
    since: "5.7",
    type: "cgroup_skb",
    attach: "cgroup_inet_egress",
    target: nowhere,
    yes: errno.EBADF,
  },
  netns: { since: "5.8", type: "sk_lookup", attach: "sk_lookup", target: nowhere, yes: errno.EBADF },
  xdp: { since: "5.9", type: "xdp", attach: "xdp", target: loopback, yes: errno.EOPNOTSUPP },
  perf_event: { since: "5.15", type: "tracepoint", attach: "perf_event", target: nowhere, yes: errno.EBADF },
  netfilter: {
    since: "6.4",
    type: "netfilter",
    attach: "netfilter",
    target: () => ({ "netfilter.pf": 0xff }),
    yes: errno.EAFNOSUPPORT,
  },
  tcx: { since: "6.6", type: "sched_cls", attach: "tcx_ingress", target: noInterface, yes: errno.ENODEV },
  uprobe_multi: {
    since: "6.6",
    type: "kprobe",
    attach: "trace_uprobe_multi",
    target: folder,
    yes: errno.EBADF,
  },
  uprobe_session: {
    since: "6.13",
    type: "kprobe",
    attach: "trace_uprobe_session",
    target: folder,
    yes: errno.EBADF,
  },
  netkit: {
    since: "6.7",
    type: "sched_cls",
    attach: "netkit_primary",
    target: noInterface,
    yes: errno.ENODEV,
  },
  sockmap: { since: "6.10", type: "sk_msg", attach: "sk_msg_verdict", target: nowhere, yes: errno.EBADF },
};

const refusals: ReadonlySet<number> = new Set([errno.EINVAL, errno.EOPNOTSUPP, 524]);

/** Whether a kernel has a kind of link: it is asked for one to something that is not there. */
export function linkTypeFeature(kind: LinkType): Feature {
  const { since, type, attach, target, yes } = rows[kind];
  return {
    name: `${kind} links`,
    since,
    probe: (): Answer => {
      const k = kernel();
      const attachType = attachTypes[attach];
      const fd = tryLoad(returnZero, { prog_type: programTypes[type], expected_attach_type: attachType });
      if (fd < 0) return refusals.has(-fd) ? "no" : "unknown";
      try {
        const attr = new Struct("linkCreate", { ...target(), prog_fd: fd, attach_type: attachType });
        const result = bpf(k, "BPF_LINK_CREATE", attr.bytes);
        if (result >= 0) k.close(result);
        if (result >= 0 || result === -yes) return "yes";
        return refusals.has(-result) ? "no" : "unknown";
      } finally {
        k.close(fd);
      }
    },
  };
}

export const linkTypes = Object.keys(rows) as readonly LinkType[];

/** tc programs by link, without a qdisc. Linux 6.6. */
export const tcxLinks: Feature = linkTypeFeature("tcx");
/** One link for many functions of a binary. Linux 6.6. */
export const uprobeMulti: Feature = linkTypeFeature("uprobe_multi");
/** One program at the entry and the return of a binary's functions. Linux 6.13. */
export const uprobeSession: Feature = linkTypeFeature("uprobe_session");
/** Programs of a netkit pair. Linux 6.7 with CONFIG_NETKIT. */
export const netkitLinks: Feature = linkTypeFeature("netkit");
/** Programs on a map of sockets, by link; before, by BPF_PROG_ATTACH. Linux 6.10. */
export const sockmapLinks: Feature = linkTypeFeature("sockmap");
/** XDP by link; before, by netlink. Linux 5.9. */
export const xdpLinks: Feature = linkTypeFeature("xdp");
/** Programs of a netfilter hook. Linux 6.4 with CONFIG_NETFILTER_BPF_LINK. */
export const netfilterLinks: Feature = linkTypeFeature("netfilter");
