// What a CPU scheduler (`StructOps<sched_ext_ops>`, Linux 6.12) calls where releases of the kernel differ: functions
// that were renamed, that got a result, or that take a struct now. Each calls what the running kernel has. What is the same
// everywhere is declared in `sched-ext-kfuncs.d.ts`.
// Source: kernel/sched/ext.c, include/linux/sched/ext.h, and the BTF of Linux 6.16 to 7.3.
import { bpf_probe_read_kernel_str } from "./helpers.generated.js";
import { cast } from "./intrinsics.js";
import { i32, type i64, type ptr, type str, type u32, u64 } from "./types.js";
import type { cpumask, scx_exit_info, task_struct } from "./vmlinux.js";

/** A queue of the kernel's, for all CPUs: each takes from it when its own is empty. */
export const SCX_DSQ_GLOBAL = u64(0x8000_0000_0000_0001n);
/** The queue of the CPU that select_cpu chose, or that dispatches. */
export const SCX_DSQ_LOCAL = u64(0x8000_0000_0000_0002n);
/** The queue of a CPU: `SCX_DSQ_LOCAL_ON | cpu`. In enqueue and dispatch. */
export const SCX_DSQ_LOCAL_ON = u64(0xc000_0000_0000_0000n);
/** The usual slice: 20 ms, in nanoseconds. */
export const SCX_SLICE_DFL = u64(20_000_000n);
/** A slice that does not end. */
export const SCX_SLICE_INF = u64(0xffff_ffff_ffff_ffffn);

/** Arguments past the fifth that a function of the kernel can take: `scx_bpf_dsq_insert_vtime_args`, Linux 6.19. */
class scx_bpf_dsq_insert_vtime_args {
  dsq_id: u64;
  slice: u64;
  vtime: u64;
  enq_flags: u64;
}
class scx_bpf_select_cpu_and_args {
  prev_cpu: i32;
  wake_flags: u64;
  flags: u64;
}

// A name's last flavour is taken off by the loader: `scx_bpf_dsq_insert___v2` is the kernel's own name.
declare const scx_bpf_dsq_insert___v2___compat:
  | ((p: ptr<task_struct>, dsq_id: u64, slice: u64, enq_flags: u64) => boolean)
  | null;
declare const scx_bpf_dsq_insert___compat:
  | ((p: ptr<task_struct>, dsq_id: u64, slice: u64, enq_flags: u64) => void)
  | null;
declare const scx_bpf_dispatch___compat:
  | ((p: ptr<task_struct>, dsq_id: u64, slice: u64, enq_flags: u64) => void)
  | null;
declare const __scx_bpf_dsq_insert_vtime___compat:
  | ((p: ptr<task_struct>, args: scx_bpf_dsq_insert_vtime_args) => boolean)
  | null;
declare const scx_bpf_dsq_insert_vtime___compat:
  | ((p: ptr<task_struct>, dsq_id: u64, slice: u64, vtime: u64, enq_flags: u64) => void)
  | null;
declare const scx_bpf_dispatch_vtime___compat:
  | ((p: ptr<task_struct>, dsq_id: u64, slice: u64, vtime: u64, enq_flags: u64) => void)
  | null;
declare const scx_bpf_dsq_move_to_local___v2___compat: ((dsq_id: u64, enq_flags: u64) => boolean) | null;
declare const scx_bpf_dsq_move_to_local___compat: ((dsq_id: u64) => boolean) | null;
declare const scx_bpf_consume___compat: ((dsq_id: u64) => boolean) | null;
declare const __scx_bpf_select_cpu_and___compat:
  | ((p: ptr<task_struct>, cpus_allowed: cpumask, args: scx_bpf_select_cpu_and_args) => i32)
  | null;
declare const scx_bpf_select_cpu_and___compat:
  | ((p: ptr<task_struct>, prev_cpu: i32, wake_flags: u64, cpus_allowed: cpumask, flags: u64) => i32)
  | null;
declare const scx_bpf_reenqueue_local___v2___compat: (() => void) | null;
declare const scx_bpf_reenqueue_local___compat: (() => u32) | null;
declare const scx_bpf_task_set_slice___compat: ((p: ptr<task_struct>, slice: u64) => boolean) | null;
declare const scx_bpf_task_set_dsq_vtime___compat: ((p: ptr<task_struct>, vtime: u64) => boolean) | null;

/**
 * Puts a task at the end of a queue, to run for `slice` nanoseconds (0: what it has left, or the default): of one's own,
 * `SCX_DSQ_GLOBAL`, or `SCX_DSQ_LOCAL`, the CPU's own. False if the kernel could not (told from Linux 6.19 on; before, true).
 * In select_cpu, enqueue and dispatch. Linux 6.12, as scx_bpf_dispatch; 6.13.
 */
export function scx_bpf_dsq_insert<T = task_struct>(
  p: ptr<T>,
  dsq_id: u64,
  slice: u64,
  enq_flags: u64,
): boolean {
  const task = cast<task_struct>(p);
  if (scx_bpf_dsq_insert___v2___compat)
    return scx_bpf_dsq_insert___v2___compat(task, dsq_id, slice, enq_flags);
  if (scx_bpf_dsq_insert___compat) scx_bpf_dsq_insert___compat(task, dsq_id, slice, enq_flags);
  else if (scx_bpf_dispatch___compat) scx_bpf_dispatch___compat(task, dsq_id, slice, enq_flags);
  return true;
}

/**
 * The same for a queue of one's own that is ordered by `vtime`, the least first: a queue has tasks of one order only.
 * In select_cpu, enqueue and dispatch. Linux 6.12, as scx_bpf_dispatch_vtime; 6.13.
 */
export function scx_bpf_dsq_insert_vtime<T = task_struct>(
  p: ptr<T>,
  dsq_id: u64,
  slice: u64,
  vtime: u64,
  enq_flags: u64,
): boolean {
  const task = cast<task_struct>(p);
  if (__scx_bpf_dsq_insert_vtime___compat) {
    const args: scx_bpf_dsq_insert_vtime_args = { dsq_id, slice, vtime, enq_flags };
    return __scx_bpf_dsq_insert_vtime___compat(task, args);
  }
  if (scx_bpf_dsq_insert_vtime___compat)
    scx_bpf_dsq_insert_vtime___compat(task, dsq_id, slice, vtime, enq_flags);
  else if (scx_bpf_dispatch_vtime___compat)
    scx_bpf_dispatch_vtime___compat(task, dsq_id, slice, vtime, enq_flags);
  return true;
}

/**
 * Moves the first task of a queue to the CPU that asks for one; false if there is none. `enq_flags` need Linux 7.1,
 * and are left out before. In dispatch. Linux 6.12, as scx_bpf_consume; 6.13.
 */
export function scx_bpf_dsq_move_to_local(dsq_id: u64, enq_flags: u64): boolean {
  if (scx_bpf_dsq_move_to_local___v2___compat)
    return scx_bpf_dsq_move_to_local___v2___compat(dsq_id, enq_flags);
  if (scx_bpf_dsq_move_to_local___compat) return scx_bpf_dsq_move_to_local___compat(dsq_id);
  if (scx_bpf_consume___compat) return scx_bpf_consume___compat(dsq_id);
  return false;
}

/**
 * A CPU for a task that wakes: an idle one among `cpus_allowed`, taken for it; a negative errno if none is. `flags` of
 * `scx_pick_idle_cpu_flags`. In select_cpu and enqueue, and where the kernel holds no lock. Linux 6.16.
 */
export function scx_bpf_select_cpu_and<T = task_struct, M = cpumask>(
  p: ptr<T>,
  prev_cpu: i32,
  wake_flags: u64,
  cpus_allowed: ptr<M>,
  flags: u64,
): i32 {
  const task = cast<task_struct>(p);
  const mask = cast<cpumask>(cpus_allowed);
  if (__scx_bpf_select_cpu_and___compat) {
    const args: scx_bpf_select_cpu_and_args = { prev_cpu, wake_flags, flags };
    return __scx_bpf_select_cpu_and___compat(task, mask, args);
  }
  if (scx_bpf_select_cpu_and___compat)
    return scx_bpf_select_cpu_and___compat(task, prev_cpu, wake_flags, mask, flags);
  return -38; // ENOSYS
}

/**
 * Gives the tasks of this CPU's own queue to enqueue again, of which a higher class has taken the CPU. In cpu_release;
 * from Linux 6.19 on, anywhere. Linux 6.12.
 */
export function scx_bpf_reenqueue_local(): void {
  if (scx_bpf_reenqueue_local___v2___compat) scx_bpf_reenqueue_local___v2___compat();
  else if (scx_bpf_reenqueue_local___compat) scx_bpf_reenqueue_local___compat();
}

/** A task as the probe's `vmlinux` module has it. */
interface Scheduled {
  readonly scx: { slice: u64; dsq_vtime: u64 };
}

/** How long a task may still run, in nanoseconds: by function from Linux 6.19 on, and before by `p.scx.slice`. Linux 6.12. */
export function scx_bpf_task_set_slice<T extends Scheduled>(p: ptr<T>, slice: u64): void {
  const task = cast<task_struct>(p);
  if (scx_bpf_task_set_slice___compat) scx_bpf_task_set_slice___compat(task, slice);
  else p.scx.slice = slice;
}

/** A task's place in queues by `vtime`: by function from Linux 6.19 on, and before by `p.scx.dsq_vtime`. Linux 6.12. */
export function scx_bpf_task_set_dsq_vtime<T extends Scheduled>(p: ptr<T>, vtime: u64): void {
  const task = cast<task_struct>(p);
  if (scx_bpf_task_set_dsq_vtime___compat) scx_bpf_task_set_dsq_vtime___compat(task, vtime);
  else p.scx.dsq_vtime = vtime;
}

/** Why a scheduler ended, for Node's `schedulerExit`: as `user_exit_info` of the scx project has it. */
export class UserExitInfo {
  /** `enum scx_exit_kind`; 0 as long as it runs. */
  kind: i32;
  /** What scx_bpf_exit() gave, or `enum scx_exit_code`. */
  exit_code: i64;
  /** What the kind is called. */
  reason: str<128>;
  /** What went wrong. */
  msg: str<1024>;
}

/** Keeps what the kernel tells the member `exit`: in a global, or in a record of a ring buffer. */
export function recordExit<T = scx_exit_info>(record: UserExitInfo, info: ptr<T>): void {
  const from = cast<scx_exit_info>(info);
  bpf_probe_read_kernel_str(record.reason, from.reason);
  bpf_probe_read_kernel_str(record.msg, from.msg);
  record.exit_code = from.exit_code;
  // Last: who waits for it finds the rest.
  record.kind = i32(from.kind);
}
