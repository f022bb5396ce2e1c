import type { array, be32, i32, u8, u32, u64 } from "./types.js";

// Contexts have the exact layout of the kernel's structs (include/uapi/linux/bpf.h): fields in their order, with
// their widths. The compiler computes offsets from here.

/** `struct xdp_md`. */
export declare class XdpMd {
  /** Start and end of the packet: pointers to the verifier. */
  readonly data: u32;
  readonly data_end: u32;
  readonly data_meta: u32;
  /** Interface that the packet came in by, and its queue. */
  readonly ingress_ifindex: u32;
  readonly rx_queue_index: u32;
  /** Interface it leaves by, in a devmap program. Linux 5.8. */
  readonly egress_ifindex: u32;
}

/** `struct __sk_buff`. */
export declare class SkBuff {
  readonly len: u32;
  readonly pkt_type: u32;
  mark: u32;
  queue_mapping: u32;
  readonly protocol: u32;
  readonly vlan_present: u32;
  readonly vlan_tci: u32;
  readonly vlan_proto: u32;
  priority: u32;
  readonly ingress_ifindex: u32;
  readonly ifindex: u32;
  tc_index: u32;
  cb: array<u32, 5>;
  readonly hash: u32;
  tc_classid: u32;
  readonly data: u32;
  readonly data_end: u32;
  readonly napi_id: u32;
  readonly family: u32;
  readonly remote_ip4: u32;
  readonly local_ip4: u32;
  readonly remote_ip6: array<u32, 4>;
  readonly local_ip6: array<u32, 4>;
  readonly remote_port: u32;
  readonly local_port: u32;
  readonly data_meta: u32;
  readonly flow_keys: u64;
  tstamp: u64;
  readonly wire_len: u32;
  readonly gso_segs: u32;
  readonly sk: u64;
  readonly gso_size: u32;
  readonly tstamp_type: u8;
  readonly hwtstamp: u64;
}

/** `struct pt_regs` of the probed function's entry, or of its return. */
export declare class PtRegs { private readonly opaque: u64; }
/** Arguments of a BTF-typed hook: they follow the context as parameters. */
export declare class TracingCtx { private readonly tracing: u64; }
/** Arguments of an LSM hook. */
export declare class LsmCtx { private readonly lsm: u64; }
/** Arguments of a raw tracepoint: `struct bpf_raw_tracepoint_args`. */
export declare class RawTracepointCtx { readonly args: array<u64, 12>; }
/** Arguments of a struct_ops callback. */
export declare class StructOpsCtx { private readonly ops: u64; }
/** What an iterator is at. */
export declare class IterCtx<K> { private readonly iter: K; }
/** `struct bpf_perf_event_data`. */
export declare class PerfEventCtx { private readonly perf: u64; }
/** `struct bpf_nf_ctx`. */
export declare class NetfilterCtx { private readonly netfilter: u64; }
/** The context of a syscall program: what the caller passes. */
export declare class SyscallCtx { private readonly syscall: u64; }
/** The sample of a lirc device. */
export declare class LircCtx { private readonly sample: u32; }
/** `struct __sk_buff` of a flow dissector. */
export declare class FlowDissectorCtx { private readonly flow: u32; }

/** `struct bpf_sock_addr`. */
export declare class SockAddr {
  readonly user_family: u32;
  user_ip4: be32;
  user_ip6: array<be32, 4>;
  user_port: u32;
  readonly family: u32;
  readonly type: u32;
  readonly protocol: u32;
  msg_src_ip4: be32;
  msg_src_ip6: array<be32, 4>;
  readonly sk: u64;
}

/** `struct bpf_sock_ops`. */
export declare class SockOps {
  readonly op: u32;
  args: array<u32, 4>;
  readonly family: u32;
  readonly remote_ip4: be32;
  readonly local_ip4: be32;
  readonly remote_ip6: array<be32, 4>;
  readonly local_ip6: array<be32, 4>;
  readonly remote_port: be32;
  readonly local_port: u32;
  readonly is_fullsock: u32;
}

/** `struct sk_msg_md`. */
export declare class SkMsg {
  readonly data: u64;
  readonly data_end: u64;
  readonly family: u32;
  readonly remote_ip4: be32;
  readonly local_ip4: be32;
  readonly remote_ip6: array<be32, 4>;
  readonly local_ip6: array<be32, 4>;
  readonly remote_port: be32;
  readonly local_port: u32;
  readonly size: u32;
}

/** `struct bpf_sk_lookup`, as far as every program may read it. */
export declare class SkLookup { readonly sk: u64; readonly family: u32; readonly protocol: u32; readonly remote_ip4: be32; }
/** `struct sk_reuseport_md`. */
export declare class SkReuseport { readonly data: u64; readonly data_end: u64; readonly len: u32; readonly eth_protocol: u32; readonly ip_protocol: u32; readonly bind_inany: u32; readonly hash: u32; }
/** `struct bpf_sock`. */
export declare class SockCtx { bound_dev_if: u32; readonly family: u32; readonly type: u32; readonly protocol: u32; mark: u32; priority: u32; }
/** `struct bpf_cgroup_dev_ctx`. */
export declare class CgroupDevice { readonly access_type: u32; readonly major: u32; readonly minor: u32; }
/** `struct bpf_sysctl`. */
export declare class CgroupSysctl { readonly write: u32; file_pos: u32; }
/** `struct bpf_sockopt`. */
export declare class SockOpt { readonly sk: u64; readonly optval: u64; readonly optval_end: u64; level: i32; optname: i32; optlen: i32; retval: i32; }

/** What every iterator has: where its output goes. */
export interface IterMeta {
  readonly seq: object;
  readonly session_id: u64;
  readonly seq_num: u64;
}
/** `struct bpf_iter__task`. */
export declare class IterTask {
  readonly meta: IterMeta;
  readonly task: { readonly pid: i32; readonly tgid: i32; readonly comm: string } | null;
}
