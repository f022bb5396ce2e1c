/** What a helper or a function of the kernel does with references, by the kernel's name (KF_ACQUIRE, KF_RELEASE). */
export interface Handling {
  /** The result is the program's to give back, and how; null where it gives none. */
  readonly gives?: string;
  /** Arguments that are the program's no more. */
  readonly takes?: readonly number[];
  /** Arguments that are another's from now on, and may be looked at until the lock is let go. */
  readonly lends?: readonly number[];
  /** The result is another's, and may be looked at until the lock is let go. */
  readonly shows?: true;
}

const object = "bpf_obj_drop(), a list, a tree, or bpf_kptr_xchg()";
const task = "bpf_task_release() or bpf_kptr_xchg()";
const cgroup = "bpf_cgroup_release() or bpf_kptr_xchg()";
const mask = "bpf_cpumask_release() or bpf_kptr_xchg()";
const socket = "bpf_sk_release()";
const first = { takes: [0] } as const;
const pushes = { lends: [1] } as const;

const functions: Readonly<Record<string, Handling>> = {
  bpf_obj_new_impl: { gives: object },
  bpf_obj_drop_impl: first,
  bpf_refcount_acquire_impl: { gives: object },
  bpf_percpu_obj_new_impl: { gives: "bpf_percpu_obj_drop() or bpf_kptr_xchg()" },
  bpf_percpu_obj_drop_impl: first,
  bpf_kptr_xchg: { gives: "the function that releases it, or bpf_kptr_xchg()", takes: [1] },

  bpf_list_push_front_impl: pushes,
  bpf_list_push_back_impl: pushes,
  bpf_list_pop_front: { gives: object },
  bpf_list_pop_back: { gives: object },
  bpf_list_front: { shows: true },
  bpf_list_back: { shows: true },
  bpf_rbtree_add_impl: pushes,
  bpf_rbtree_remove: { gives: object },
  bpf_rbtree_first: { shows: true },
  bpf_rbtree_root: { shows: true },
  bpf_rbtree_left: { shows: true },
  bpf_rbtree_right: { shows: true },

  bpf_task_from_pid: { gives: task },
  bpf_task_from_vpid: { gives: task },
  bpf_task_acquire: { gives: task },
  bpf_task_release: first,
  bpf_cgroup_from_id: { gives: cgroup },
  bpf_cgroup_ancestor: { gives: cgroup },
  bpf_cgroup_acquire: { gives: cgroup },
  bpf_cgroup_release: first,
  bpf_cpumask_create: { gives: mask },
  bpf_cpumask_acquire: { gives: mask },
  bpf_cpumask_release: first,
  bpf_get_task_exe_file: { gives: "bpf_put_file()" },
  bpf_put_file: first,
  bpf_get_mem_cgroup: { gives: "bpf_put_mem_cgroup()" },
  bpf_put_mem_cgroup: first,
  bpf_xdp_ct_lookup: { gives: "bpf_ct_release()" },
  bpf_skb_ct_lookup: { gives: "bpf_ct_release()" },
  bpf_ct_release: first,

  bpf_ringbuf_reserve: { gives: "submit() or discard()" },
  bpf_ringbuf_submit: first,
  bpf_ringbuf_discard: first,
  bpf_sk_lookup_tcp: { gives: socket },
  bpf_sk_lookup_udp: { gives: socket },
  bpf_skc_lookup_tcp: { gives: socket },
  bpf_sk_release: first,
};

export const handlingOf = (name: string): Handling =>
  (Object.hasOwn(functions, name) && functions[name]) || {};
