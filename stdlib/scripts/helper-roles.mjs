// What the C prototypes of the helpers do not say. Sources: the kernel's `struct bpf_func_proto` of each helper
// (argument and return types), and the commits that added them.

/** First Linux release of the helpers from this number on, up to the next row: numbers are given in order of merging. */
export const since = [
  [1, "3.19"],
  [4, "4.1"],
  [12, "4.2"],
  [17, "4.3"],
  [23, "4.4"],
  [26, "4.5"],
  [27, "4.6"],
  [31, "4.8"],
  [37, "4.9"],
  [42, "4.10"],
  [45, "4.11"],
  [46, "4.12"],
  [48, "4.13"],
  [51, "4.14"],
  [54, "4.15"],
  [58, "4.16"],
  [60, "4.17"],
  [65, "4.18"],
  [81, "4.19"],
  [84, "4.20"],
  [91, "5.0"],
  [93, "5.1"],
  [99, "5.2"],
  [109, "5.3"],
  [110, "5.4"],
  [111, "5.5"],
  [116, "5.6"],
  [119, "5.7"],
  [125, "5.8"],
  [136, "5.9"],
  [142, "5.10"],
  [156, "5.11"],
  [163, "5.12"],
  [164, "5.13"],
  [166, "5.14"],
  [169, "5.15"],
  [176, "5.16"],
  [180, "5.17"],
  [186, "5.18"],
  [194, "5.19"],
  [204, "6.0"],
  [208, "6.1"],
  [210, "6.2"],
];

const read = { kind: "memory", writable: false };
const fill = { kind: "memory", writable: true };
const pointer = (role, nullable) => ({ kind: "pointer", role, ...(nullable ? { nullable } : {}) });
const size = (of) => ({ kind: "size", of });

/** Parameters by name, where one name always means the same. */
export const byName = {
  map: { kind: "map" },
  ringbuf: { kind: "map" },
  prog_array_map: { kind: "map" },
  sk: pointer("object"),
  sock: pointer("object"),
  task: pointer("object"),
  tsk: pointer("object"),
  cgroup: pointer("object"),
  inode: pointer("object"),
  file: pointer("object"),
  bprm: pointer("object"),
  path: pointer("object"),
  tp: pointer("object"),
  m: pointer("object"),
  callback_fn: { kind: "callback" },
  callback_ctx: pointer("captures"),
  user_ptr: pointer("user"),
  percpu_ptr: pointer("percpu"),
  timer: pointer("timer"),
  lock: pointer("lock"),
  bpf_sock: { kind: "context" },
};

/** Parameters of one helper; the rest follow from the prototype. */
export const byHelper = {
  bpf_probe_read: { unsafe_ptr: pointer("kernel") },
  bpf_probe_read_str: { unsafe_ptr: pointer("kernel") },
  bpf_probe_read_kernel: { unsafe_ptr: pointer("kernel") },
  bpf_probe_read_kernel_str: { unsafe_ptr: pointer("kernel") },
  bpf_probe_read_user: { unsafe_ptr: pointer("user") },
  bpf_probe_read_user_str: { unsafe_ptr: pointer("user") },
  bpf_probe_write_user: { dst: pointer("user") },
  bpf_trace_printk: { rest: pointer("rest") },
  bpf_skb_get_tunnel_key: { key: fill, size: size(1) },
  bpf_skb_set_tunnel_key: { key: read, size: size(1) },
  bpf_skb_set_tunnel_opt: { opt: read },
  bpf_perf_event_output: { data: read },
  bpf_skb_output: { data: read, ctx: pointer("object") },
  bpf_xdp_output: { data: read, ctx: pointer("object") },
  bpf_csum_diff: { from: { ...read, nullable: true }, to: { ...read, nullable: true } },
  bpf_setsockopt: { optval: read },
  bpf_bind: { addr: read },
  bpf_get_stack: { buf: fill },
  bpf_fib_lookup: { params: { kind: "memory", writable: false }, plen: size(1) },
  bpf_redirect_neigh: { params: { ...read, nullable: true }, plen: size(1) },
  bpf_lwt_push_encap: { hdr: read },
  bpf_lwt_seg6_action: { param: read },
  bpf_sk_lookup_tcp: { tuple: read },
  bpf_sk_lookup_udp: { tuple: read },
  bpf_skc_lookup_tcp: { tuple: read },
  bpf_map_pop_elem: { value: { kind: "value", writable: true } },
  bpf_map_peek_elem: { value: { kind: "value", writable: true } },
  bpf_tcp_check_syncookie: { iph: read, th: read },
  bpf_tcp_gen_syncookie: { iph: read, th: read },
  bpf_strtol: { res: { ...fill, bytes: 8 } },
  bpf_strtoul: { res: { ...fill, bytes: 8 } },
  bpf_sk_storage_get: { value: { kind: "value", nullable: true } },
  bpf_inode_storage_get: { value: { kind: "value", nullable: true } },
  bpf_task_storage_get: { value: { kind: "value", nullable: true } },
  bpf_cgrp_storage_get: { value: { kind: "value", nullable: true } },
  bpf_sk_assign: { sk: pointer("object", true) },
  bpf_seq_printf: { data: { ...read, nullable: true } },
  bpf_ringbuf_output: { data: read },
  bpf_ringbuf_reserve: { size: { kind: "int", bits: 64, signed: false } },
  bpf_ringbuf_submit: { data: pointer("record") },
  bpf_ringbuf_discard: { data: pointer("record") },
  bpf_load_hdr_opt: { searchby_res: { kind: "memory", writable: false } },
  bpf_snprintf_btf: { ptr: read },
  bpf_seq_printf_btf: { ptr: read },
  bpf_check_mtu: { mtu_len: { kind: "memory", writable: false, bytes: 4 } },
  bpf_snprintf: { fmt: pointer("string"), data: { ...read, nullable: true } },
  bpf_sys_bpf: { attr: { kind: "memory", writable: false } },
  bpf_btf_find_by_name_kind: { name: read },
  bpf_trace_vprintk: { data: { ...read, nullable: true } },
  bpf_kallsyms_lookup_name: { res: { ...fill, bytes: 8 } },
  bpf_strncmp: { s2: pointer("string") },
  bpf_get_func_arg: { value: { ...fill, bytes: 8 } },
  bpf_get_func_ret: { value: { ...fill, bytes: 8 } },
  bpf_xdp_store_bytes: { buf: read },
  bpf_kptr_xchg: { map_value: pointer("kptr"), ptr: pointer("object", true) },
  bpf_dynptr_from_mem: { data: read, ptr: pointer("dynptr") },
  bpf_ringbuf_reserve_dynptr: { size: { kind: "int", bits: 32, signed: false }, ptr: pointer("dynptr") },
  bpf_ringbuf_submit_dynptr: { ptr: pointer("dynptr") },
  bpf_ringbuf_discard_dynptr: { ptr: pointer("dynptr") },
  bpf_dynptr_read: { src: pointer("dynptr") },
  bpf_dynptr_write: { dst: pointer("dynptr"), src: read },
  bpf_dynptr_data: { ptr: pointer("dynptr") },
  bpf_tcp_raw_gen_syncookie_ipv4: { iph: { ...read, bytes: 20 }, th: read },
  bpf_tcp_raw_gen_syncookie_ipv6: { iph: { ...read, bytes: 40 }, th: read },
  bpf_tcp_raw_check_syncookie_ipv4: { iph: { ...read, bytes: 20 }, th: { ...read, bytes: 20 } },
  bpf_tcp_raw_check_syncookie_ipv6: { iph: { ...read, bytes: 40 }, th: { ...read, bytes: 20 } },
  bpf_user_ringbuf_drain: { ctx: pointer("captures") },
};

/** Results that are pointers: [to, nullable], or a kernel type that the call names. */
const value = { kind: "pointer", to: "value", nullable: true };
const socket = { kind: "pointer", to: "BpfSock", nullable: true };
const direct = { kind: "kernel", space: "direct" };
export const results = {
  bpf_map_lookup_elem: value,
  bpf_map_lookup_percpu_elem: value,
  bpf_sk_storage_get: value,
  bpf_task_storage_get: value,
  bpf_inode_storage_get: value,
  bpf_cgrp_storage_get: value,
  bpf_get_local_storage: { ...value, nullable: false },
  bpf_ringbuf_reserve: { kind: "pointer", to: "memory", nullable: true },
  bpf_dynptr_data: { kind: "pointer", to: "memory", nullable: true },
  bpf_sk_fullsock: socket,
  bpf_get_listener_sock: socket,
  bpf_sk_lookup_tcp: socket,
  bpf_sk_lookup_udp: socket,
  bpf_skc_lookup_tcp: socket,
  bpf_tcp_sock: { kind: "pointer", to: "BpfTcpSock", nullable: true },
  bpf_get_current_task: { kind: "kernel", space: "probe" },
  bpf_get_current_task_btf: direct,
  bpf_task_pt_regs: direct,
  bpf_sock_from_file: { ...direct, nullable: true },
  bpf_skc_to_tcp6_sock: { ...direct, nullable: true },
  bpf_skc_to_tcp_sock: { ...direct, nullable: true },
  bpf_skc_to_tcp_timewait_sock: { ...direct, nullable: true },
  bpf_skc_to_tcp_request_sock: { ...direct, nullable: true },
  bpf_skc_to_udp6_sock: { ...direct, nullable: true },
  bpf_skc_to_unix_sock: { ...direct, nullable: true },
  bpf_skc_to_mptcp_sock: { ...direct, nullable: true },
  bpf_kptr_xchg: { ...direct, nullable: true },
  bpf_per_cpu_ptr: { ...direct, nullable: true },
  bpf_this_cpu_ptr: direct,
};

/**
 * Program types that the newest kernel of callable.json could not be asked about: its configuration leaves the helper out,
 * or only some hooks of the type have it. Sources, by helper: bpf_tracing_func_proto (kernel/trace/bpf_trace.c),
 * bpf_lsm_func_proto (kernel/bpf/bpf_lsm.c), lirc_mode2_func_proto (drivers/media/rc/bpf-lirc.c),
 * bpf_tcp_ca_get_func_proto (net/ipv4/bpf_tcp_ca.c).
 */
export const documented = {
  bpf_override_return: ["kprobe"],
  bpf_tcp_send_ack: ["struct_ops"],
  bpf_get_local_storage: ["lsm"],
  bpf_get_retval: ["lsm"],
  bpf_set_retval: ["lsm"],
  bpf_setsockopt: ["lsm"],
  bpf_getsockopt: ["lsm"],
  bpf_rc_repeat: ["lirc_mode2"],
  bpf_rc_keydown: ["lirc_mode2"],
  bpf_rc_pointer_rel: ["lirc_mode2"],
  bpf_map_lookup_elem: ["lirc_mode2"],
  bpf_map_update_elem: ["lirc_mode2"],
  bpf_map_delete_elem: ["lirc_mode2"],
  bpf_map_push_elem: ["lirc_mode2"],
  bpf_map_pop_elem: ["lirc_mode2"],
  bpf_map_peek_elem: ["lirc_mode2"],
  bpf_ktime_get_ns: ["lirc_mode2"],
  bpf_ktime_get_boot_ns: ["lirc_mode2"],
  bpf_tail_call: ["lirc_mode2"],
  bpf_get_prandom_u32: ["lirc_mode2"],
  bpf_trace_printk: ["lirc_mode2"],
};
/** Types that `documented` speaks of in full, beside those that were asked. */
export const documentedTypes = ["lirc_mode2"];

/**
 * Before this release only the lower 32 bits of the result were sure: the verifier calls the map's own function in place
 * of the helper, and it returned `int` (kernel commit d7ba4cc900bf).
 */
export const narrowUntil = {
  bpf_map_update_elem: "6.4",
  bpf_map_delete_elem: "6.4",
  bpf_map_push_elem: "6.4",
  bpf_map_pop_elem: "6.4",
  bpf_map_peek_elem: "6.4",
  bpf_redirect_map: "6.4",
  bpf_for_each_map_elem: "6.4",
};

/** Of an iterator, its three functions. */
const iterator = (name) => ["new", "next", "destroy"].map((end) => `bpf_iter_${name}_${end}`);
const named = (prefix, ...ends) => ends.map((end) => `${prefix}_${end}`);

/**
 * First release of functions of the kernel, where its source was read, or a table of commits (isovalent/ebpf-docs,
 * data/feature-versions.yaml); of others only the first kernel of callable.json that has it is known. Those before 6.1 are
 * in modules of the lab's kernels, which cannot be asked for them.
 */
export const kfuncSince = {
  5.13: [
    "bbr_init",
    ...named(
      "bbr",
      "main",
      "sndbuf_expand",
      "undo_cwnd",
      "cwnd_event",
      "ssthresh",
      "min_tso_segs",
      "set_state",
    ),
    ...named("cubictcp", "init", "recalc_ssthresh", "cong_avoid", "state", "cwnd_event", "acked"),
    ...named("tcp", "reno_ssthresh", "reno_cong_avoid", "reno_undo_cwnd", "slow_start", "cong_avoid_ai"),
  ],
  5.18: ["bpf_skb_ct_lookup", "bpf_xdp_ct_lookup", "bpf_ct_release"],
  "6.0": [
    "bpf_skb_ct_alloc",
    "bpf_xdp_ct_alloc",
    ...named("bpf_ct", "insert_entry", "set_timeout", "change_timeout", "set_status", "change_status"),
  ],
  6.1: ["bpf_ct_set_nat_info", "bpf_verify_pkcs7_signature", "crash_kexec"],
  6.2: [
    "bpf_cast_to_kern_ctx",
    "bpf_rdonly_cast",
    "bpf_obj_new_impl",
    "bpf_obj_drop_impl",
    ...named("bpf_list", "push_front_impl", "push_back_impl", "pop_front", "pop_back"),
    ...named("bpf_task", "acquire", "release", "from_pid"),
    ...named("bpf_cgroup", "acquire", "release", "ancestor"),
    "bpf_rcu_read_lock",
    "bpf_rcu_read_unlock",
  ],
  6.3: [
    ...named("bpf_rbtree", "add_impl", "first", "remove"),
    ...named("bpf_cpumask", "create", "release", "acquire", "first", "first_zero", "set_cpu", "clear_cpu"),
    ...named("bpf_cpumask", "test_cpu", "test_and_set_cpu", "test_and_clear_cpu", "setall", "clear", "and"),
    ...named("bpf_cpumask", "or", "xor", "equal", "intersects", "subset", "empty", "full", "copy"),
    "bpf_xdp_metadata_rx_timestamp",
    "bpf_xdp_metadata_rx_hash",
  ],
  6.4: [
    "bpf_refcount_acquire_impl",
    "bpf_cgroup_from_id",
    ...iterator("num"),
    ...named("bpf_dynptr", "from_skb", "from_xdp", "slice", "slice_rdwr"),
  ],
  6.5: [
    ...named("bpf_dynptr", "adjust", "clone", "is_null", "is_rdonly", "size"),
    "bpf_sock_destroy",
    ...named("bpf_cpumask", "first_and", "any_distribute", "any_and_distribute"),
    "bpf_task_under_cgroup",
  ],
  6.6: ["bpf_map_sum_elem_count"],
  6.7: [
    "bpf_percpu_obj_new_impl",
    "bpf_percpu_obj_drop_impl",
    "bpf_throw",
    "bpf_sock_addr_set_sun_path",
    ...["task", "css", "css_task", "task_vma"].flatMap(iterator),
  ],
  6.8: [
    "bpf_cpumask_weight",
    "bpf_get_file_xattr",
    "bpf_get_fsverity_digest",
    "bpf_task_get_cgroup1",
    "bpf_xdp_metadata_rx_vlan_tag",
    "bpf_xdp_get_xfrm_state",
    "bpf_xdp_xfrm_state_release",
  ],
  6.9: ["bpf_arena_alloc_pages", "bpf_arena_free_pages", "bpf_sk_assign_tcp_reqsk"],
  "6.10": [
    ...named("bpf_wq", "init", "start", "set_callback_impl"),
    "bpf_preempt_disable",
    "bpf_preempt_enable",
    "bpf_session_is_return",
    "bpf_session_cookie",
    ...named("bpf_crypto", "ctx_create", "ctx_release", "ctx_acquire", "decrypt", "encrypt"),
  ],
  6.11: iterator("bits"),
  6.13: [...iterator("kmem_cache"), "bpf_get_kmem_cache", "bpf_task_from_vpid", "bpf_send_signal_task"],
  6.14: ["bpf_local_irq_save", "bpf_local_irq_restore"],
  6.15: [
    "bpf_dynptr_copy",
    "bpf_cpumask_populate",
    "bpf_set_dentry_xattr",
    "bpf_remove_dentry_xattr",
    ...["lock", "unlock", "lock_irqsave", "unlock_irqrestore"].map((end) => `bpf_res_spin_${end}`),
  ],
  6.16: ["bpf_list_front", "bpf_list_back", "bpf_rbtree_root", "bpf_rbtree_left", "bpf_rbtree_right"],
  6.17: [
    "bpf_dynptr_memset",
    ...named("bpf", ...["cmp", "len", "nlen", "chr", "rchr", "str", "spn", "cspn"].map((end) => `str${end}`)),
  ],
};

/**
 * Where the first kernel of callable.json whose BTF names its functions has a function, and those before were not asked
 * for it: the release that its part of the kernel came with. The function may be younger.
 */
export const kfuncSinceAtLeast = [[/^(scx_bpf_|__scx_bpf_|bpf_iter_scx_)/, "6.12"]];

/** C types of contexts and objects, and the classes that stand for them. */
export const classes = {
  "struct __sk_buff": "SkBuff",
  "struct xdp_md": "XdpMd",
  "struct bpf_sock_ops": "SockOps",
  "struct sk_msg_md": "SkMsg",
  "struct bpf_sysctl": "CgroupSysctl",
  "struct bpf_sock_addr": "SockAddr",
  "struct sk_reuseport_md": "SkReuseport",
  "struct bpf_perf_event_data": "PerfEventCtx",
  "struct pt_regs": "PtRegs",
  "struct bpf_dynptr": "Dynptr",
  "struct bpf_timer": "Timer",
  "struct bpf_spin_lock": "SpinLock",
};

/** Signatures that say more than the parameters can: types that follow from the map's, callbacks, kernel types. */
export const signatures = {
  bpf_map_lookup_elem: "<K, R>(map: { lookup(key: K): R }, key: NoInfer<K>): R",
  bpf_map_update_elem:
    "<K, V>(map: { update(key: K, value: V, flags?: number): i64 }, key: NoInfer<K>, value: NoInfer<V>, flags: u64): i64",
  bpf_map_delete_elem: "<K>(map: { delete(key: K): i64 }, key: NoInfer<K>): i64",
  bpf_map_lookup_percpu_elem:
    "<K, R>(map: { lookupOnCpu(key: K, cpu: number): R }, key: NoInfer<K>, cpu: u32): R",
  bpf_map_push_elem: "<V>(map: { push(value: V, flags?: number): i64 }, value: NoInfer<V>, flags: u64): i64",
  bpf_map_pop_elem: "<V>(map: { pop(target: V): i64 }, target: NoInfer<V>): i64",
  bpf_map_peek_elem: "<V>(map: { peek(target: V): i64 }, target: NoInfer<V>): i64",
  bpf_kptr_xchg: "<K>(map_value: K, ptr: NoInfer<K> | null): K | null",
  bpf_tail_call: "<C>(ctx: C, map: ProgArray<C>, index: u32): i64",
  bpf_ringbuf_reserve: "<R>(ringbuf: { reserve(): R }, size: u64, flags: u64): R",
  bpf_ringbuf_output: "<T>(ringbuf: RingBuf<T>, data: Init<T>, flags: u64, size?: number): i64",
  bpf_get_current_task: "<T>(): T",
  bpf_get_current_task_btf: "<T>(): T",
  bpf_task_pt_regs: "<T = PtRegs>(task: object): T",
  bpf_sk_storage_get: "<V>(map: SkStorage<V>, sk: object, value: Init<V> | null, flags: u64): ptr<V> | null",
  bpf_task_storage_get:
    "<V>(map: TaskStorage<V>, task: object, value: Init<V> | null, flags: u64): ptr<V> | null",
  bpf_inode_storage_get:
    "<V>(map: InodeStorage<V>, inode: object, value: Init<V> | null, flags: u64): ptr<V> | null",
  bpf_cgrp_storage_get:
    "<V>(map: CgroupStorage<V>, cgroup: object, value: Init<V> | null, flags: u64): ptr<V> | null",
  bpf_get_local_storage: "<V>(map: { local(): ptr<V> }, flags: u64): ptr<V>",
  bpf_trace_printk: "(fmt: string, ...values: readonly (number | boolean | object)[]): i64",
  bpf_loop: "(nr_loops: u32, callback_fn: (index: u32) => number | boolean | void, flags: u64): i64",
  bpf_for_each_map_elem:
    "(map: AnyMap, callback_fn: (map: AnyMap, key: any, value: any) => number, flags: u64): i64",
  bpf_find_vma: "<T>(task: T, addr: u64, callback_fn: (task: T, vma: any) => number, flags: u64): i64",
  bpf_timer_set_callback: "(timer: Timer, callback_fn: (map: AnyMap, key: any, value: any) => number): i64",
  bpf_user_ringbuf_drain: "(map: AnyMap, callback_fn: (record: Dynptr) => number, flags: u64): i64",
};
