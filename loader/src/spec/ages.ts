import type { AttachType, ProgramType } from "./kernel-enums.js";

/** First release of each program type: include/uapi/linux/bpf.h by release. */
export const programTypeSince: Readonly<Partial<Record<ProgramType, string>>> = {
  socket_filter: "3.19",
  kprobe: "4.1",
  sched_cls: "4.1",
  sched_act: "4.1",
  tracepoint: "4.7",
  xdp: "4.8",
  perf_event: "4.9",
  cgroup_skb: "4.10",
  cgroup_sock: "4.10",
  lwt_in: "4.10",
  lwt_out: "4.10",
  lwt_xmit: "4.10",
  sock_ops: "4.13",
  sk_skb: "4.14",
  cgroup_device: "4.15",
  sk_msg: "4.17",
  raw_tracepoint: "4.17",
  cgroup_sock_addr: "4.17",
  lwt_seg6local: "4.18",
  lirc_mode2: "4.18",
  sk_reuseport: "4.19",
  flow_dissector: "4.20",
  cgroup_sysctl: "5.2",
  raw_tracepoint_writable: "5.2",
  cgroup_sockopt: "5.3",
  tracing: "5.5",
  struct_ops: "5.6",
  ext: "5.6",
  lsm: "5.7",
  sk_lookup: "5.9",
  syscall: "5.14",
  netfilter: "6.4",
};

/** First release of attach types that came after their program's type, and without which the kernel loads no program. */
export const attachTypeSince: Readonly<Partial<Record<AttachType, string>>> = {
  trace_iter: "5.8",
  lsm_cgroup: "6.0",
  cgroup_unix_connect: "6.7",
  cgroup_unix_sendmsg: "6.7",
  cgroup_unix_recvmsg: "6.7",
  cgroup_unix_getpeername: "6.7",
  cgroup_unix_getsockname: "6.7",
};
