import type { ProgramType } from "../spec/kernel-enums.js";

const atInterface = "attach({ iface })";
const atCgroup = "attach({ cgroup })";
const atSockets = "attach({ map })";
const atSocket = "attach({ socket })";
const atNamespace = "attach({ netns })";

/** Programs whose section does not say where to attach: what the user gives. */
const targets: Partial<Record<ProgramType, string>> = {
  xdp: atInterface,
  sched_cls: atInterface,
  cgroup_skb: atCgroup,
  cgroup_sock: atCgroup,
  cgroup_sock_addr: atCgroup,
  cgroup_device: atCgroup,
  cgroup_sysctl: atCgroup,
  cgroup_sockopt: atCgroup,
  sock_ops: atCgroup,
  sk_skb: atSockets,
  sk_msg: atSockets,
  socket_filter: atSocket,
  sk_reuseport: atSocket,
  sk_lookup: atNamespace,
  flow_dissector: atNamespace,
  netfilter: "attach({ netfilter })",
  perf_event: "attach({ sampling })",
  lirc_mode2: "attach({ device })",
};

/** A line for the editor. */
export const programNote = (section: string, type: ProgramType, autoload: boolean): string =>
  [
    `SEC("${section}"), BPF_PROG_TYPE_${type.toUpperCase()}.`,
    targets[type] ? `To be told where: ${targets[type]}.` : "",
    autoload ? "" : "Not loaded unless `autoload` is set.",
  ]
    .filter((part) => part !== "")
    .join(" ");
