// Kernel types, written by tsbpfc vmlinux. Every access is relocated (CO-RE).
import type { array, i32, ptr, str, u8, u16, u32, u64 } from "@tsbpfc/stdlib";
export interface bpf_cpumask { readonly cpumask: cpumask; }
export interface cpumask {  }
export interface dentry { readonly d_parent: ptr<dentry>; readonly d_name: qstr; }
export interface file { readonly f_inode: ptr<inode>; readonly f_path: path; }
export interface linux_binprm { readonly p: u64; readonly file: ptr<file>; readonly filename: ptr<u8>; readonly exec: u64; readonly buf: str<256>; }
export interface nsproxy { readonly count: refcount_struct; readonly mnt_ns: ptr<mnt_namespace>; }
export interface request { readonly q: ptr<request_queue>; readonly cmd_flags: u32; readonly hash: hlist_node; }
export interface sock { readonly __sk_common: sock_common; }
export interface task_struct { readonly flags: u32; readonly pid: i32; readonly tgid: i32; readonly real_parent: ptr<task_struct>; readonly parent: ptr<task_struct>; readonly comm: str<16>; readonly nsproxy: ptr<nsproxy>; readonly blocked: {  }; }
export interface tcp_sock { readonly bytes_received: u64; readonly bytes_acked: u64; }
export interface qstr { readonly hash: u32; readonly len: u32; readonly name: ptr<u8>; }
export interface inode { readonly i_uid: { readonly val: u32; }; }
export interface path { readonly dentry: ptr<dentry>; }
export interface refcount_struct {  }
export interface mnt_namespace { readonly ns: ns_common; }
export interface request_queue { readonly disk: ptr<gendisk>; readonly dev: ptr<device>; readonly id: i32; readonly node: i32; }
export interface hlist_node {  }
export interface sock_common { readonly skc_v6_rcv_saddr: in6_addr; }
export interface ns_common { readonly ops: ptr<proc_ns_operations>; readonly inum: u32; }
export interface gendisk { readonly major: i32; readonly first_minor: i32; readonly events: u16; readonly flags: i32; readonly ev: ptr<disk_events>; }
export interface device { readonly parent: ptr<device>; readonly p: ptr<device_private>; readonly type: ptr<device_type>; readonly id: u32; readonly flags: array<u64, 1>; }
export interface in6_addr { readonly in6_u: { readonly u6_addr8: array<u8, 16>; }; }
export interface proc_ns_operations { readonly name: ptr<u8>; readonly get: ptr<u8>; }
export interface disk_events { readonly node: list_head; readonly disk: ptr<gendisk>; readonly lock: spinlock; }
export interface device_private {  }
export interface device_type { readonly name: ptr<u8>; }
export interface list_head {  }
export interface spinlock {  }
export {};
