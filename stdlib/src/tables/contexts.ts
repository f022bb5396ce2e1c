/** A class of `@tsbpfc/stdlib` whose layout is a struct of the kernel's UAPI. */
export interface UapiStruct {
  /** The kernel's name of the struct. */
  readonly struct: string;
  /** Offsets in bytes of the fields that C's rules do not place: members of anonymous unions, which share others' bytes, and those aligned by an attribute. */
  readonly overlays: Readonly<Record<string, number>>;
  /**
   * Whether the verifier knows it as a parameter of a function that it checks alone: it is what
   * include/linux/bpf_types.h names the context of a program type by. Those of tracing have no such name.
   */
  readonly named: boolean;
}

const uapi = (struct: string, overlays: UapiStruct["overlays"] = {}): UapiStruct => ({
  struct,
  overlays,
  named: false,
});
const named = (struct: string, overlays: UapiStruct["overlays"] = {}): UapiStruct => ({
  struct,
  overlays,
  named: true,
});

/**
 * Contexts and the objects that they lead to, by class name. Accesses are at fixed offsets, which the verifier
 * rewrites (kernel: `convert_ctx_accesses`): they have to stay constant.
 */
export const contexts = {
  XdpMd: named("xdp_md"),
  SkBuff: named("__sk_buff"),
  BpfFlowKeys: uapi("bpf_flow_keys", { ipv4_src: 16, ipv4_dst: 20 }),
  BpfSock: uapi("bpf_sock"),
  BpfTcpSock: uapi("bpf_tcp_sock"),
  SockAddr: named("bpf_sock_addr"),
  SockOps: named("bpf_sock_ops", { reply: 4, replylong: 4 }),
  SkMsg: named("sk_msg_md"),
  SkLookup: named("bpf_sk_lookup", { cookie: 0 }),
  SkReuseport: named("sk_reuseport_md"),
  CgroupDevice: named("bpf_cgroup_dev_ctx"),
  CgroupSysctl: named("bpf_sysctl"),
  SockOpt: named("bpf_sockopt"),
  PtRegs: uapi("pt_regs"),
  PerfEventCtx: named("bpf_perf_event_data"),
  RawTracepoint: uapi("bpf_raw_tracepoint_args"),
  LircSample: uapi("u32"),
  NetfilterCtx: named("bpf_nf_ctx"),
  IterTask: uapi("bpf_iter__task"),
  IterTaskFile: uapi("bpf_iter__task_file"),
  IterTaskVma: uapi("bpf_iter__task_vma"),
  IterBpfMap: uapi("bpf_iter__bpf_map"),
  IterBpfMapElem: uapi("bpf_iter__bpf_map_elem"),
  IterSkStorageMap: uapi("bpf_iter__bpf_sk_storage_map"),
  IterSockMap: uapi("bpf_iter__sockmap"),
  IterBpfProg: uapi("bpf_iter__bpf_prog"),
  IterBpfLink: uapi("bpf_iter__bpf_link"),
  IterTcp: uapi("bpf_iter__tcp"),
  // `bucket` is aligned on 8 bytes, so it stands where C would not put it.
  IterUdp: uapi("bpf_iter__udp", { bucket: 24 }),
  IterUnix: uapi("bpf_iter__unix"),
  IterNetlink: uapi("bpf_iter__netlink"),
  IterIpv6Route: uapi("bpf_iter__ipv6_route"),
  IterCgroup: uapi("bpf_iter__cgroup"),
  IterKsym: uapi("bpf_iter__ksym"),
  IterKmemCache: uapi("bpf_iter__kmem_cache"),
  IterDmabuf: uapi("bpf_iter__dmabuf"),
} as const satisfies Readonly<Record<string, UapiStruct>>;

/**
 * Classes that BTF has to name as the kernel does: it finds these by name in a map's value
 * (kernel: `btf_find_field`), and sizes are the kernel's.
 */
export const kernelObjects = {
  SpinLock: "bpf_spin_lock",
  ResSpinLock: "bpf_res_spin_lock",
  Timer: "bpf_timer",
  WorkQueue: "bpf_wq",
  Dynptr: "bpf_dynptr",
  RefCount: "bpf_refcount",
  ListHead: "bpf_list_head",
  ListNode: "bpf_list_node",
  RbRoot: "bpf_rb_root",
  RbNode: "bpf_rb_node",
} as const satisfies Readonly<Record<string, string>>;

const lockingMaps = [
  "hash",
  "array",
  "cgroup_storage",
  "sk_storage",
  "inode_storage",
  "task_storage",
  "cgrp_storage",
];
const owningMaps = [
  "hash",
  "percpu_hash",
  "lru_hash",
  "lru_percpu_hash",
  "array",
  "percpu_array",
  "sk_storage",
  "inode_storage",
  "task_storage",
  "cgrp_storage",
];

/**
 * Kinds of maps whose values may hold such an object, by its name in the kernel, or a pointer of such a tag:
 * kernel/bpf/syscall.c, `map_check_btf`.
 */
export const kernelObjectMaps: Readonly<Record<string, readonly string[]>> = {
  bpf_spin_lock: lockingMaps,
  bpf_res_spin_lock: lockingMaps,
  bpf_timer: ["hash", "lru_hash", "array"],
  bpf_wq: ["hash", "lru_hash", "array"],
  bpf_list_head: ["hash", "lru_hash", "array"],
  bpf_rb_root: ["hash", "lru_hash", "array"],
  bpf_refcount: owningMaps,
  kptr: owningMaps,
  kptr_untrusted: owningMaps,
  percpu_kptr: owningMaps,
};

const tracing = ["kprobe", "tracepoint", "perf_event", "raw_tracepoint", "raw_tracepoint_writable"];
const lockless = ["socket_filter", ...tracing];

/**
 * Types of programs that may use no map, and no global, that holds such an object: kernel/bpf/verifier.c,
 * `check_map_prog_compatibility`.
 */
export const kernelObjectNotIn: Readonly<Record<string, readonly string[]>> = {
  bpf_spin_lock: lockless,
  bpf_res_spin_lock: lockless,
  bpf_timer: tracing,
  bpf_wq: tracing,
  bpf_list_head: tracing,
  bpf_rb_root: tracing,
};

/**
 * First release with such an object, where no helper or function that works on it says so. Nodes had another size before
 * (6.2 and 6.3 to 6.5), by which the kernel does not know these.
 */
export const kernelObjectSince: Readonly<Record<string, string>> = {
  bpf_refcount: "6.4",
  bpf_list_head: "6.6",
  bpf_list_node: "6.6",
  bpf_rb_root: "6.6",
  bpf_rb_node: "6.6",
  bpf_res_spin_lock: "6.15",
  kptr: "5.19",
  kptr_untrusted: "5.19",
  percpu_kptr: "6.7",
};
