// Values of the kernel's UAPI. A `declare const` carries its value in its type.

/** What an XDP program decides (enum xdp_action, include/uapi/linux/bpf.h). */
export declare enum XdpAction {
  ABORTED = 0,
  DROP = 1,
  PASS = 2,
  TX = 3,
  REDIRECT = 4,
}
/** What a tc program decides (include/uapi/linux/pkt_cls.h); NEXT, as tcx says, goes on to the next program. */
export declare enum TcAction {
  UNSPEC = -1,
  NEXT = -1,
  OK = 0,
  PASS = 0,
  RECLASSIFY = 1,
  SHOT = 2,
  DROP = 2,
  PIPE = 3,
  STOLEN = 4,
  QUEUED = 5,
  REPEAT = 6,
  REDIRECT = 7,
  TRAP = 8,
}
/** What a socket program decides (enum sk_action). */
export declare enum SkAction {
  DROP = 0,
  PASS = 1,
}

// Ethernet protocols (include/uapi/linux/if_ether.h); compare with htons(…).
export declare const ETH_P_IP: 0x0800;
export declare const ETH_P_ARP: 0x0806;
export declare const ETH_P_8021Q: 0x8100;
export declare const ETH_P_8021AD: 0x88a8;
export declare const ETH_P_IPV6: 0x86dd;
export declare const ETH_ALEN: 6;

// IP protocols (include/uapi/linux/in.h).
export declare const IPPROTO_ICMP: 1;
export declare const IPPROTO_TCP: 6;
export declare const IPPROTO_UDP: 17;
export declare const IPPROTO_ICMPV6: 58;

// Flags of map creation.
export declare const BPF_F_NO_PREALLOC: 0x1;
export declare const BPF_F_NO_COMMON_LRU: 0x2;
export declare const BPF_F_NUMA_NODE: 0x4;
export declare const BPF_F_RDONLY: 0x8;
export declare const BPF_F_WRONLY: 0x10;
export declare const BPF_F_STACK_BUILD_ID: 0x20;
export declare const BPF_F_ZERO_SEED: 0x40;
export declare const BPF_F_RDONLY_PROG: 0x80;
export declare const BPF_F_WRONLY_PROG: 0x100;
export declare const BPF_F_CLONE: 0x200;
export declare const BPF_F_MMAPABLE: 0x400;
export declare const BPF_F_PRESERVE_ELEMS: 0x800;
export declare const BPF_F_INNER_MAP: 0x1000;

// Flags of bpf_map_update_elem.
export declare const BPF_ANY: 0;
export declare const BPF_NOEXIST: 1;
export declare const BPF_EXIST: 2;
export declare const BPF_F_LOCK: 4;

// Flags of helpers.
export declare const BPF_F_CURRENT_CPU: 0xffff_ffff;
export declare const BPF_F_INDEX_MASK: 0xffff_ffff;
export declare const BPF_F_INGRESS: 1;
export declare const BPF_F_USER_STACK: 0x100;
export declare const BPF_F_FAST_STACK_CMP: 0x200;
export declare const BPF_F_REUSE_STACKID: 0x400;
export declare const BPF_RB_NO_WAKEUP: 1;
export declare const BPF_RB_FORCE_WAKEUP: 2;

// Clocks (include/uapi/linux/time.h).
export declare const CLOCK_REALTIME: 0;
export declare const CLOCK_MONOTONIC: 1;
export declare const CLOCK_BOOTTIME: 7;

export {};
