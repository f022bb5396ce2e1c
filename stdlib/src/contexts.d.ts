// Contexts have the exact layout of the kernel's structs (include/uapi/linux/bpf.h): fields in their order, with
// their widths. The compiler computes offsets from here; `overlays` in tables/contexts.ts places the few fields
// that share another's bytes, which stand last. What the kernel documents as network order is typed so.
import type { array, be16, be32, i32, ptr, u8, u16, u32, u64 } from "./types.js";

/** `struct xdp_md`. */
export declare class XdpMd {
  /** Start of the packet: a pointer to the verifier. */
  readonly data: u32;
  /** One past the packet's end. */
  readonly data_end: u32;
  /** Start of the metadata in front of the packet; equal to `data` if there is none. Linux 4.15. */
  readonly data_meta: u32;
  /** Interface that the packet came in by. Linux 4.16. */
  readonly ingress_ifindex: u32;
  readonly rx_queue_index: u32;
  /** Interface that it leaves by, in a devmap program. Linux 5.8. */
  readonly egress_ifindex: u32;
}

/** `struct __sk_buff`. Which fields can be read and written depends on the program type. */
export declare class SkBuff {
  /** Bytes of the packet, those outside the linear part too. */
  readonly len: u32;
  readonly pkt_type: u32;
  mark: u32;
  queue_mapping: u32;
  /** EtherType in network order: compare with `htons(ETH_P_IP)`. */
  readonly protocol: u32;
  readonly vlan_present: u32;
  readonly vlan_tci: u32;
  readonly vlan_proto: u32;
  priority: u32;
  readonly ingress_ifindex: u32;
  readonly ifindex: u32;
  tc_index: u32;
  /** Scratch space that goes along with the packet. */
  cb: array<u32, 5>;
  readonly hash: u32;
  tc_classid: u32;
  /** Start of the linear part: a pointer to the verifier. */
  readonly data: u32;
  /** One past the end of the linear part; `bpf_skb_pull_data` makes more of the packet linear. */
  readonly data_end: u32;
  readonly napi_id: u32;
  readonly family: u32;
  readonly remote_ip4: be32;
  readonly local_ip4: be32;
  readonly remote_ip6: array<be32, 4>;
  readonly local_ip6: array<be32, 4>;
  readonly remote_port: be32;
  /** In host order. */
  readonly local_port: u32;
  readonly data_meta: u32;
  /** In a flow dissector: what it has to fill. */
  readonly flow_keys: ptr<BpfFlowKeys>;
  /** Time of departure, or of arrival, in nanoseconds; `tstamp_type` names the clock. */
  tstamp: u64;
  readonly wire_len: u32;
  readonly gso_segs: u32;
  /** Linux 5.1. */
  readonly sk: ptr<BpfSock> | null;
  readonly gso_size: u32;
  /** BPF_SKB_TSTAMP_* or a CLOCK_*. Linux 5.18. */
  readonly tstamp_type: u8;
  /** Linux 5.16. */
  readonly hwtstamp: u64;
}

/** `struct bpf_flow_keys`, that a flow dissector fills. */
export declare class BpfFlowKeys {
  nhoff: u16;
  thoff: u16;
  addr_proto: u16;
  is_frag: u8;
  is_first_frag: u8;
  is_encap: u8;
  ip_proto: u8;
  n_proto: be16;
  sport: be16;
  dport: be16;
  ipv6_src: array<be32, 4>;
  ipv6_dst: array<be32, 4>;
  flags: u32;
  flow_label: be32;
  /** In the bytes of `ipv6_src`. */
  ipv4_src: be32;
  ipv4_dst: be32;
}

/** `struct bpf_sock`: a socket as programs see it. Addresses need a full socket. */
export declare class BpfSock {
  bound_dev_if: u32;
  readonly family: u32;
  readonly type: u32;
  readonly protocol: u32;
  mark: u32;
  priority: u32;
  readonly src_ip4: be32;
  readonly src_ip6: array<be32, 4>;
  /** In host order. */
  readonly src_port: u32;
  readonly dst_port: be16;
  readonly dst_ip4: be32;
  readonly dst_ip6: array<be32, 4>;
  readonly state: u32;
  readonly rx_queue_mapping: i32;
}

/** `struct bpf_tcp_sock`: what bpf_tcp_sock() gives. Linux 5.1. */
export declare class BpfTcpSock {
  readonly snd_cwnd: u32;
  readonly srtt_us: u32;
  readonly rtt_min: u32;
  readonly snd_ssthresh: u32;
  readonly rcv_nxt: u32;
  readonly snd_nxt: u32;
  readonly snd_una: u32;
  readonly mss_cache: u32;
  readonly ecn_flags: u32;
  readonly rate_delivered: u32;
  readonly rate_interval_us: u32;
  readonly packets_out: u32;
  readonly retrans_out: u32;
  readonly total_retrans: u32;
  readonly segs_in: u32;
  readonly data_segs_in: u32;
  readonly segs_out: u32;
  readonly data_segs_out: u32;
  readonly lost_out: u32;
  readonly sacked_out: u32;
  readonly bytes_received: u64;
  readonly bytes_acked: u64;
  readonly dsack_dups: u32;
  readonly delivered: u32;
  readonly delivered_ce: u32;
  readonly icsk_retransmits: u32;
}

/** `struct bpf_sock_addr`: an address that a process passes to bind(2), connect(2), sendmsg(2) and their like. */
export declare class SockAddr {
  readonly user_family: u32;
  user_ip4: be32;
  user_ip6: array<be32, 4>;
  /** 16 bits in network order, in the low half: `ntohs(ctx.user_port)`. */
  user_port: u32;
  readonly family: u32;
  readonly type: u32;
  readonly protocol: u32;
  msg_src_ip4: be32;
  msg_src_ip6: array<be32, 4>;
  readonly sk: ptr<BpfSock> | null;
}

/** `struct bpf_sock_ops`: an event of a TCP socket; `op` is a BPF_SOCK_OPS_*. */
export declare class SockOps {
  readonly op: u32;
  args: array<u32, 4>;
  readonly family: u32;
  readonly remote_ip4: be32;
  readonly local_ip4: be32;
  readonly remote_ip6: array<be32, 4>;
  readonly local_ip6: array<be32, 4>;
  readonly remote_port: be32;
  /** In host order. */
  readonly local_port: u32;
  readonly is_fullsock: u32;
  readonly snd_cwnd: u32;
  readonly srtt_us: u32;
  readonly bpf_sock_ops_cb_flags: u32;
  readonly state: u32;
  readonly rtt_min: u32;
  readonly snd_ssthresh: u32;
  readonly rcv_nxt: u32;
  readonly snd_nxt: u32;
  readonly snd_una: u32;
  readonly mss_cache: u32;
  readonly ecn_flags: u32;
  readonly rate_delivered: u32;
  readonly rate_interval_us: u32;
  readonly packets_out: u32;
  readonly retrans_out: u32;
  readonly total_retrans: u32;
  readonly segs_in: u32;
  readonly data_segs_in: u32;
  readonly segs_out: u32;
  readonly data_segs_out: u32;
  readonly lost_out: u32;
  readonly sacked_out: u32;
  sk_txhash: u32;
  readonly bytes_received: u64;
  readonly bytes_acked: u64;
  readonly sk: ptr<BpfSock> | null;
  readonly skb_data: u64;
  readonly skb_data_end: u64;
  readonly skb_len: u32;
  readonly skb_tcp_flags: u32;
  readonly skb_hwtstamp: u64;
  /** The answer, in the bytes of `args`. */
  reply: u32;
  replylong: array<u32, 4>;
}

/** `struct sk_msg_md`: a message on its way to a socket of a sock map. */
export declare class SkMsg {
  readonly data: u64;
  readonly data_end: u64;
  readonly family: u32;
  readonly remote_ip4: be32;
  readonly local_ip4: be32;
  readonly remote_ip6: array<be32, 4>;
  readonly local_ip6: array<be32, 4>;
  readonly remote_port: be32;
  /** In host order. */
  readonly local_port: u32;
  readonly size: u32;
  readonly sk: ptr<BpfSock> | null;
}

/** `struct bpf_sk_lookup`: a search for the socket of a new connection or packet. Linux 5.9. */
export declare class SkLookup {
  /** Socket chosen by bpf_sk_assign(). */
  readonly sk: ptr<BpfSock> | null;
  readonly family: u32;
  readonly protocol: u32;
  readonly remote_ip4: be32;
  readonly remote_ip6: array<be32, 4>;
  readonly remote_port: be16;
  readonly local_ip4: be32;
  readonly local_ip6: array<be32, 4>;
  /** In host order. */
  readonly local_port: u32;
  readonly ingress_ifindex: u32;
  /** Only for BPF_PROG_TEST_RUN, in the bytes of `sk`. */
  readonly cookie: u64;
}

/** `struct sk_reuseport_md`: the choice of a socket among those that share a port. */
export declare class SkReuseport {
  readonly data: u64;
  readonly data_end: u64;
  readonly len: u32;
  readonly eth_protocol: u32;
  readonly ip_protocol: u32;
  readonly bind_inany: u32;
  readonly hash: u32;
  readonly sk: ptr<BpfSock>;
  readonly migrating_sk: ptr<BpfSock> | null;
}

/** `struct bpf_cgroup_dev_ctx`: an access to a device. `access_type` holds BPF_DEVCG_ACC_* << 16 | BPF_DEVCG_DEV_*. */
export declare class CgroupDevice {
  readonly access_type: u32;
  readonly major: u32;
  readonly minor: u32;
}

/** `struct bpf_sysctl`: a read or write of a sysctl. */
export declare class CgroupSysctl {
  readonly write: u32;
  file_pos: u32;
}

/** `struct bpf_sockopt`: a getsockopt(2) or setsockopt(2). `optval` and `optval_end` are pointers to the verifier. */
export declare class SockOpt {
  readonly sk: ptr<BpfSock>;
  readonly optval: u64;
  readonly optval_end: u64;
  level: i32;
  optname: i32;
  optlen: i32;
  retval: i32;
}

/** `struct pt_regs` of x86-64. Arguments of the probed function are better taken as typed parameters. */
export declare class PtRegs {
  readonly r15: u64;
  readonly r14: u64;
  readonly r13: u64;
  readonly r12: u64;
  readonly bp: u64;
  readonly bx: u64;
  readonly r11: u64;
  readonly r10: u64;
  readonly r9: u64;
  readonly r8: u64;
  readonly ax: u64;
  readonly cx: u64;
  readonly dx: u64;
  readonly si: u64;
  readonly di: u64;
  readonly orig_ax: u64;
  readonly ip: u64;
  readonly cs: u64;
  readonly flags: u64;
  readonly sp: u64;
  readonly ss: u64;
}

/** `struct bpf_perf_event_data`: a sample. */
export declare class PerfEventCtx {
  readonly regs: PtRegs;
  readonly sample_period: u64;
  readonly addr: u64;
}

/** `struct bpf_raw_tracepoint_args`: the event's arguments, better taken as typed parameters. */
export declare class RawTracepoint {
  readonly args: array<u64, 12>;
}

/** Context of fentry, fexit, fmod_ret, tp_btf: the arguments follow as parameters. */
export declare class TracingCtx {
  private readonly tracing: array<u64, 12>;
}
/** Context of an LSM hook: the arguments follow as parameters, the result so far last. */
export declare class LsmCtx {
  private readonly lsm: array<u64, 12>;
}
/** Context of a struct_ops callback: the arguments follow as parameters. */
export declare class StructOpsCtx {
  private readonly structOps: array<u64, 12>;
}
/** Context of lirc_mode2: pulse or space in microseconds, LIRC_MODE2 bits on top. */
export declare class LircSample {
  readonly sample: u32;
}

export {};
