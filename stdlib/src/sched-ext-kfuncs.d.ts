// Functions of the kernel for CPU schedulers (`StructOps<sched_ext_ops>`), and for programs that look at one. Which members
// of a scheduler may call which is in `tables/sched-ext.ts`. Those that releases have in different forms are in `sched-ext.ts`.
// T of a task or cpumask is the kernel's type as the probe's `vmlinux` module has it.
// Source: kernel/sched/ext.c and ext_idle.c.
import type { Printable } from "./intrinsics.js";
import type { i32, i64, ptr, u32, u64 } from "./types.js";
import type { cgroup, cpumask, task_struct } from "./vmlinux.js";

/** Makes a queue of tasks, whose number is below 2^63, on a NUMA node (-1: any). 0 or a negative errno. In programs that may sleep: `struct_ops.s`, `syscall`. Linux 6.12. */
export declare function scx_bpf_create_dsq(dsq_id: u64, node: i32): i32;
/** Removes a queue of one's own; its tasks must be gone, else they stay in it and the scheduler ends. Linux 6.12. */
export declare function scx_bpf_destroy_dsq(dsq_id: u64): void;
/** How many tasks wait in a queue; a negative errno if there is none. Linux 6.12. */
export declare function scx_bpf_dsq_nr_queued(dsq_id: u64): i32;
/** The first task of a queue of one's own, without waiting for its lock; under RCU. Linux 6.19. */
export declare function scx_bpf_dsq_peek<T = task_struct>(dsq_id: u64): ptr<T> | null;
/** Tasks of a queue of one's own, gone through under RCU. `flags` of `scx_dsq_iter_flags`. Linux 6.12. */
export declare function bpf_iter_scx_dsq<T = task_struct>(dsq_id: u64, flags: u64): Iterable<T>;

/** The kernel's own choice of a CPU for a task that wakes; `is_idle`, given as `addr(idle)`, says whether it is idle, and was taken for the task. In select_cpu; from Linux 6.16 on, in enqueue too. Linux 6.12. */
export declare function scx_bpf_select_cpu_dfl<T = task_struct>(
  p: ptr<T>,
  prev_cpu: i32,
  wake_flags: u64,
  is_idle: ptr<boolean>,
): i32;
/** How many more tasks dispatch may insert. In dispatch. Linux 6.12. */
export declare function scx_bpf_dispatch_nr_slots(): u32;
/** Takes back what dispatch inserted last. In dispatch. Linux 6.12. */
export declare function scx_bpf_dispatch_cancel(): void;
/** Wakes a CPU, or has it choose anew. `flags` of `scx_kick_flags`: 1 only if it is idle, 2 preempt, 4 wait. Linux 6.12. */
export declare function scx_bpf_kick_cpu(cpu: i32, flags: u64): void;

/** Takes an idle CPU, if this one is; false else. Linux 6.12. */
export declare function scx_bpf_test_and_clear_cpu_idle(cpu: i32): boolean;
/** Takes an idle CPU of a set; a negative errno if there is none. Linux 6.12. */
export declare function scx_bpf_pick_idle_cpu<M = cpumask>(cpus_allowed: ptr<M>, flags: u64): i32;
/** The same, or any CPU of the set if none is idle. Linux 6.12. */
export declare function scx_bpf_pick_any_cpu<M = cpumask>(cpus_allowed: ptr<M>, flags: u64): i32;
/** CPUs that are idle, for scx_bpf_put_idle_cpumask(). Linux 6.12. */
export declare function scx_bpf_get_idle_cpumask<M = cpumask>(): ptr<M>;
/** CPUs whose siblings are idle too, for scx_bpf_put_idle_cpumask(). Linux 6.12. */
export declare function scx_bpf_get_idle_smtmask<M = cpumask>(): ptr<M>;
/** Gives back what one of these two gave. Linux 6.12. */
export declare function scx_bpf_put_idle_cpumask<M = cpumask>(idle_mask: ptr<M>): void;
/** CPUs that the machine may have, for scx_bpf_put_cpumask(). Linux 6.12. */
export declare function scx_bpf_get_possible_cpumask<M = cpumask>(): ptr<M>;
/** CPUs that run, for scx_bpf_put_cpumask(). Linux 6.12. */
export declare function scx_bpf_get_online_cpumask<M = cpumask>(): ptr<M>;
/** Gives back what one of these two gave. Linux 6.12. */
export declare function scx_bpf_put_cpumask<M = cpumask>(cpumask: ptr<M>): void;

/** One more than the highest number of a CPU. Linux 6.12. */
export declare function scx_bpf_nr_cpu_ids(): u32;
/** Whether a task runs now. Linux 6.12. */
export declare function scx_bpf_task_running<T = task_struct>(p: ptr<T>): boolean;
/** The CPU that a task is on. Linux 6.12. */
export declare function scx_bpf_task_cpu<T = task_struct>(p: ptr<T>): i32;
/** What runs on a CPU; under RCU. Linux 6.18. */
export declare function scx_bpf_cpu_curr<T = task_struct>(cpu: i32): ptr<T> | null;
/** A task's cgroup, the root's where the controller is off, with a reference: for bpf_cgroup_release(). Linux 6.12. */
export declare function scx_bpf_task_cgroup<T = task_struct, C = cgroup>(p: ptr<T>): ptr<C>;
/** What a CPU can do, of 1024 that the fastest can. Linux 6.12. */
export declare function scx_bpf_cpuperf_cap(cpu: i32): u32;
/** How fast a CPU runs now, of 1024. Linux 6.12. */
export declare function scx_bpf_cpuperf_cur(cpu: i32): u32;
/** How fast a CPU shall run, of 1024; for schedutil. Linux 6.12. */
export declare function scx_bpf_cpuperf_set(cpu: i32, perf: u32): void;
/** A clock of nanoseconds for schedulers: fast, monotonic on one CPU. Linux 6.14. */
export declare function scx_bpf_now(): u64;

/** Ends the scheduler in order: `exit` is told the code and the text. Linux 6.12. */
export declare function scx_bpf_exit(exit_code: i64, text: string, ...values: readonly Printable[]): void;
/** Ends the scheduler for an error of its own: `exit` is told the text. Linux 6.12. */
export declare function scx_bpf_error(text: string, ...values: readonly Printable[]): void;
/** Adds to what the kernel shows of a scheduler that ended by an error. In dump, dump_cpu and dump_task. Linux 6.12. */
export declare function scx_bpf_dump(text: string, ...values: readonly Printable[]): void;

export {};
