import type { Kfunc } from "./helper.js";

/**
 * Groups of functions that need the kernel to hold certain locks, or none, and so belong to certain members of
 * `sched_ext_ops`. A program of type `syscall` runs without locks.
 */
type Group = "unlocked" | "cpu_release" | "dispatch" | "enqueue" | "select_cpu";

const functions: Readonly<Record<string, { readonly since: string; readonly groups?: readonly Group[] }>> = {
  scx_bpf_select_cpu_dfl: { since: "6.12", groups: ["select_cpu", "unlocked"] },
  scx_bpf_select_cpu_and: { since: "6.16", groups: ["select_cpu", "unlocked"] },
  __scx_bpf_select_cpu_and: { since: "6.19", groups: ["select_cpu", "unlocked"] },
  scx_bpf_dispatch: { since: "6.12", groups: ["enqueue"] },
  scx_bpf_dispatch_vtime: { since: "6.12", groups: ["enqueue"] },
  scx_bpf_dsq_insert: { since: "6.13", groups: ["enqueue"] },
  scx_bpf_dsq_insert___v2: { since: "6.19", groups: ["enqueue"] },
  scx_bpf_dsq_insert_vtime: { since: "6.13", groups: ["enqueue"] },
  __scx_bpf_dsq_insert_vtime: { since: "6.19", groups: ["enqueue"] },
  scx_bpf_dispatch_nr_slots: { since: "6.12", groups: ["dispatch"] },
  scx_bpf_dispatch_cancel: { since: "6.12", groups: ["dispatch"] },
  scx_bpf_consume: { since: "6.12", groups: ["dispatch"] },
  scx_bpf_dsq_move_to_local: { since: "6.13", groups: ["dispatch"] },
  scx_bpf_dsq_move_to_local___v2: { since: "7.1", groups: ["dispatch"] },
  scx_bpf_dsq_move: { since: "6.13", groups: ["dispatch", "unlocked"] },
  scx_bpf_dsq_move_vtime: { since: "6.13", groups: ["dispatch", "unlocked"] },
  scx_bpf_dsq_move_set_slice: { since: "6.13", groups: ["dispatch", "unlocked"] },
  scx_bpf_dsq_move_set_vtime: { since: "6.13", groups: ["dispatch", "unlocked"] },
  scx_bpf_sub_dispatch: { since: "7.1", groups: ["dispatch"] },
  scx_bpf_reenqueue_local: { since: "6.12", groups: ["cpu_release"] },
  scx_bpf_create_dsq: { since: "6.12", groups: ["unlocked"] },
  scx_bpf_destroy_dsq: { since: "6.12" },
  scx_bpf_dsq_nr_queued: { since: "6.12" },
  scx_bpf_dsq_peek: { since: "6.19" },
  bpf_iter_scx_dsq_new: { since: "6.12" },
  bpf_iter_scx_dsq_next: { since: "6.12" },
  bpf_iter_scx_dsq_destroy: { since: "6.12" },
  scx_bpf_reenqueue_local___v2: { since: "6.19" },
  scx_bpf_task_set_slice: { since: "6.19" },
  scx_bpf_task_set_dsq_vtime: { since: "6.19" },
  scx_bpf_kick_cpu: { since: "6.12" },
  scx_bpf_test_and_clear_cpu_idle: { since: "6.12" },
  scx_bpf_pick_idle_cpu: { since: "6.12" },
  scx_bpf_pick_any_cpu: { since: "6.12" },
  scx_bpf_get_idle_cpumask: { since: "6.12" },
  scx_bpf_get_idle_smtmask: { since: "6.12" },
  scx_bpf_put_idle_cpumask: { since: "6.12" },
  scx_bpf_get_possible_cpumask: { since: "6.12" },
  scx_bpf_get_online_cpumask: { since: "6.12" },
  scx_bpf_put_cpumask: { since: "6.12" },
  scx_bpf_nr_cpu_ids: { since: "6.12" },
  scx_bpf_task_running: { since: "6.12" },
  scx_bpf_task_cpu: { since: "6.12" },
  scx_bpf_cpu_curr: { since: "6.18" },
  scx_bpf_task_cgroup: { since: "6.12" },
  scx_bpf_cpuperf_cap: { since: "6.12" },
  scx_bpf_cpuperf_cur: { since: "6.12" },
  scx_bpf_cpuperf_set: { since: "6.12" },
  scx_bpf_now: { since: "6.14" },
  scx_bpf_exit_bstr: { since: "6.12" },
  scx_bpf_error_bstr: { since: "6.12" },
  scx_bpf_dump_bstr: { since: "6.12" },
};

/** Functions of the kernel for CPU schedulers. */
export const schedExtFunctions: Readonly<Record<string, Kfunc>> = functions;

const queueing: readonly Group[] = ["select_cpu", "enqueue"];
const dispatching: readonly Group[] = ["enqueue", "dispatch"];
const unlocked: readonly Group[] = ["unlocked"];

/**
 * What members of `sched_ext_ops` may call besides what any may: `scx_kf_allow_flags`, kernel/sched/ext.c, which the
 * verifier goes by since Linux 7.1. Before, the kernel ends a scheduler at the call (`scx_kf_allowed`).
 */
const members: Readonly<Record<string, readonly Group[]>> = {
  select_cpu: queueing,
  enqueue: queueing,
  dispatch: dispatching,
  cpu_release: ["cpu_release"],
  init_task: unlocked,
  dump: unlocked,
  cgroup_init: unlocked,
  cgroup_exit: unlocked,
  cgroup_prep_move: unlocked,
  cgroup_cancel_move: unlocked,
  cgroup_set_weight: unlocked,
  cgroup_set_bandwidth: unlocked,
  cgroup_set_idle: unlocked,
  sub_attach: unlocked,
  sub_detach: unlocked,
  sub_ecaps_updated: dispatching,
  cpu_online: unlocked,
  cpu_offline: unlocked,
  init_cids: unlocked,
  init: unlocked,
  exit: unlocked,
};

/**
 * Members that may be sleepable programs, and since when (`bpf_scx_check_member`, kernel/sched/ext.c). Of cgroup_set_bandwidth:
 * seen on 7.3, and not on 6.18.
 */
const sleepable: Readonly<Record<string, string>> = {
  init_task: "6.12",
  cgroup_init: "6.12",
  cgroup_exit: "6.12",
  cgroup_prep_move: "6.12",
  cgroup_set_bandwidth: "7.3",
  cpu_online: "6.12",
  cpu_offline: "6.12",
  init: "6.12",
  exit: "6.12",
  sub_attach: "7.1",
  sub_detach: "7.1",
  init_cids: "7.3",
};

/** The first release in which a member of `sched_ext_ops` may be a sleepable program; null if it may not. */
export const sleepableSince = (member: string): string | null =>
  Object.hasOwn(sleepable, member) ? (sleepable[member] ?? null) : null;

/** The members of `sched_ext_ops` that may call a function; null if all may, or if it is none for schedulers. */
export function membersCalling(name: string): readonly string[] | null {
  const groups = Object.hasOwn(functions, name) ? functions[name]?.groups : undefined;
  return groups === undefined
    ? null
    : Object.keys(members).filter((member) => members[member]?.some((group) => groups.includes(group)));
}

/** May programs of section `syscall` call it? */
export const isCallableUnlocked = (name: string): boolean =>
  Object.hasOwn(functions, name) && functions[name]?.groups?.includes("unlocked") === true;
