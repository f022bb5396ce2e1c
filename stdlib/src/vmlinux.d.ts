// Kernel types that contexts lead to, as far as most programs look: `IterTask` has a task with these fields,
// `IterTask<task_struct>` one with the fields of the probe's own `vmlinux` module.
import type { be16, be32, i32, i64, ptr, str, u8, u16, u32, u64 } from "./types.js";

export interface seq_file {
  readonly size: u64;
  readonly count: u64;
}
export interface bpf_iter_meta {
  /** Where seqPrintf() writes. */
  readonly seq: seq_file;
  readonly session_id: u64;
  readonly seq_num: u64;
}
export interface task_struct {
  readonly __state: u32;
  readonly flags: u32;
  readonly prio: i32;
  readonly pid: i32;
  readonly tgid: i32;
  readonly real_parent: task_struct;
  readonly group_leader: task_struct;
  readonly start_time: u64;
  readonly comm: str<16>;
}
export declare enum scx_exit_kind {
  SCX_EXIT_NONE = 0,
  SCX_EXIT_ERROR = 1024,
}
/** What the member `exit` of a scheduler is told. */
export interface scx_exit_info {
  readonly kind: scx_exit_kind;
  readonly exit_code: i64;
  readonly reason: ptr<u8>;
  readonly msg: ptr<u8>;
  readonly dump: ptr<u8>;
}
export interface file {
  readonly f_mode: u32;
  readonly f_flags: u32;
}
export interface vm_area_struct {
  readonly vm_start: u64;
  readonly vm_end: u64;
  readonly vm_pgoff: u64;
}
export interface bpf_map {
  readonly id: u32;
  readonly map_type: u32;
  readonly key_size: u32;
  readonly value_size: u32;
  readonly max_entries: u32;
  readonly name: str<16>;
}
export interface bpf_prog {
  readonly len: u32;
  readonly type: u32;
}
export interface cgroup {
  readonly self: cgroup_subsys_state;
  readonly level: i32;
}
/** As long as the machine has CPUs: only functions of the kernel look into it. */
// biome-ignore lint/suspicious/noEmptyInterface: whatever a `vmlinux` module says of it fits
export interface cpumask {}
export interface bpf_cpumask {
  readonly cpumask: cpumask;
}
export interface bpf_link {
  readonly id: u32;
  readonly type: u32;
}
export interface sock_common {
  readonly skc_daddr: be32;
  readonly skc_rcv_saddr: be32;
  readonly skc_dport: be16;
  readonly skc_num: u16;
  readonly skc_family: u16;
  readonly skc_state: u8;
}
export interface sock {
  readonly __sk_common: sock_common;
  readonly sk_protocol: u16;
}
export interface inet_sock {
  readonly sk: sock;
  readonly inet_sport: be16;
}
export interface udp_sock {
  readonly inet: inet_sock;
}
export interface unix_sock {
  readonly sk: sock;
}
export interface netlink_sock {
  readonly sk: sock;
  readonly portid: u32;
  readonly dst_portid: u32;
  readonly ngroups: u32;
}
export interface fib6_info {
  readonly fib6_flags: u32;
  readonly fib6_metric: u32;
}
export interface cgroup {
  readonly level: i32;
  readonly nr_descendants: i32;
}
export interface kallsym_iter {
  readonly value: u64;
  readonly name: str<512>;
  readonly exported: i32;
}
export interface kmem_cache {
  readonly size: u32;
  readonly object_size: u32;
}
export interface inode {
  readonly i_ino: u64;
  readonly i_size: u64;
}
/** Only functions of the kernel look into it. */
// biome-ignore lint/suspicious/noEmptyInterface: whatever a `vmlinux` module says of it fits
export interface path {}
/** Only functions of the kernel look into it. */
// biome-ignore lint/suspicious/noEmptyInterface: whatever a `vmlinux` module says of it fits
export interface mem_cgroup {}
export interface cgroup_subsys_state {
  readonly id: i32;
  readonly cgroup: cgroup;
}
export interface dma_buf {
  readonly size: u64;
}
export interface net_device {
  readonly ifindex: i32;
}
export interface nf_hook_state {
  readonly hook: u8;
  readonly pf: u8;
  readonly in: ptr<net_device> | null;
  readonly out: ptr<net_device> | null;
}
export interface sk_buff {
  readonly len: u32;
  readonly mark: u32;
}

export {};
