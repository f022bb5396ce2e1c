/** Context classes of contexts.d.ts and the kernel's structs that they are (include/uapi/linux/bpf.h). */
export const contextStructs: Readonly<Record<string, string>> = {
  XdpMd: "xdp_md",
  SkBuff: "__sk_buff",
  PtRegs: "pt_regs",
  SockAddr: "bpf_sock_addr",
  SockOps: "bpf_sock_ops",
  SkMsg: "sk_msg_md",
  SkLookup: "bpf_sk_lookup",
  SkReuseport: "sk_reuseport_md",
  SockCtx: "bpf_sock",
  CgroupDevice: "bpf_cgroup_dev_ctx",
  CgroupSysctl: "bpf_sysctl",
  SockOpt: "bpf_sockopt",
  PerfEventCtx: "bpf_perf_event_data",
  RawTracepointCtx: "bpf_raw_tracepoint_args",
  NetfilterCtx: "bpf_nf_ctx",
};
