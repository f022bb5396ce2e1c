import type { AttachOptions } from "@tsbpfc/runtime";

/** What a soak attaches to: all of it its own. */
export interface Targets {
  /** A network interface. */
  readonly iface: string;
  /** A cgroup's folder. */
  readonly cgroup: string;
  readonly sockets: { readonly fd: number };
}

/** One way to attach: the program of `soak.bpf.c`, and where to. */
export interface Attachment {
  readonly kind: string;
  readonly program: string;
  options(targets: Targets): AttachOptions;
}

const mine = { binary: "libc.so.6", symbol: "getpgid", pid: process.pid };

export const attachments: readonly Attachment[] = [
  { kind: "tracepoint", program: "on_tracepoint", options: () => ({}) },
  { kind: "tracepoint, cookie", program: "on_tracepoint", options: () => ({ cookie: 7n }) },
  { kind: "raw tracepoint", program: "on_raw_tracepoint", options: () => ({}) },
  { kind: "tp_btf", program: "on_typed_tracepoint", options: () => ({}) },
  { kind: "uprobe", program: "on_uprobe", options: () => mine },
  { kind: "uretprobe", program: "on_uretprobe", options: () => mine },
  {
    kind: "uprobe.multi",
    program: "on_uprobe_multi",
    options: () => ({ ...mine, symbol: "getpg??" }),
  },
  {
    kind: "perf event",
    program: "on_perf_event",
    options: () => ({ pid: process.pid, sampling: { frequency: 99 } }),
  },
  {
    kind: "perf event, every CPU",
    program: "on_perf_event",
    options: () => ({ sampling: { event: "cpu-migrations", period: 1_000_000 } }),
  },
  { kind: "iterator", program: "on_iterator", options: () => ({}) },
  { kind: "tcx", program: "on_tcx", options: ({ iface }) => ({ iface }) },
  {
    kind: "tc by netlink",
    program: "on_tc_filter",
    options: ({ iface }) => ({ iface, direction: "egress", netlink: true }),
  },
  { kind: "XDP", program: "on_xdp", options: ({ iface }) => ({ iface }) },
  {
    kind: "XDP by netlink",
    program: "on_xdp",
    options: ({ iface }) => ({ iface, mode: "generic", netlink: true }),
  },
  { kind: "cgroup connect4", program: "on_connect4", options: ({ cgroup }) => ({ cgroup }) },
  { kind: "cgroup_skb", program: "on_egress", options: ({ cgroup }) => ({ cgroup }) },
  { kind: "sk_lookup", program: "on_lookup", options: () => ({ netns: "/proc/self/ns/net" }) },
  { kind: "sockmap", program: "on_verdict", options: ({ sockets }) => ({ map: sockets }) },
];
