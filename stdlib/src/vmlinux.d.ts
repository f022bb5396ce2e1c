// Kernel types that contexts lead to, as far as most programs look: `IterTask` has a task with these fields,
// `IterTask<task_struct>` one with the fields of the probe's own `vmlinux` module.
import type { i32, str, u32, u64 } from "./types.js";

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
export interface bpf_link {
  readonly id: u32;
  readonly type: u32;
}

export {};
