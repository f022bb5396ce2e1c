// Objects that a program owns: allocated by it, or the kernel's with a reference; kept in map values, lists and trees.
import type { AnyPointer, array, i32, ptr, u32, u64 } from "./types.js";

declare const KPTR: unique symbol;

/**
 * A field of a map value that owns an object: the kernel's, with a reference (`task_struct`, `cgroup`, `bpf_cpumask` …),
 * or one from bpf_obj_new(). Reading gives a pointer to look through, where the verifier lets it (bpf_rcu_read_lock());
 * only bpf_kptr_xchg() puts one in or takes it out. What is in it when the entry goes is released. `__kptr` in C.
 * Linux 5.19 for the kernel's objects.
 */
export type kptr<T> = (ptr<T> & { readonly [KPTR]?: "kptr" }) | null;
/** A field of a map value with a pointer to the kernel's object that owns nothing: it may be stale, so reads are safe ones. `__kptr_untrusted` in C. Linux 5.19. */
export type untrustedKptr<T> = (ptr<T> & { readonly [KPTR]?: "kptr_untrusted" }) | null;
/** A field of a map value that owns what bpf_percpu_obj_new() made: bpf_this_cpu_ptr() leads into it. `__percpu_kptr` in C. Linux 6.7. */
export type percpuKptr<T> = (PerCpuObject<T> & { readonly [KPTR]?: "percpu_kptr" }) | null;

/** One object of T for each CPU. */
export interface PerCpuObject<T> extends AnyPointer<T> {
  readonly [KPTR]?: "percpu_kptr";
}

type AnyClass<T> = abstract new (...args: never) => T;

/**
 * A new object outside the stack, with the class's initialisers and zeroes elsewhere; null if there is no memory. It is
 * the program's to give away: to bpf_obj_drop(), a list, a tree, or a `kptr` field. Linux 6.2.
 */
export declare function bpf_obj_new<T>(type: AnyClass<T>): ptr<T> | null;
/** Gives an object of bpf_obj_new() back; of one with a RefCount, this reference. Linux 6.2. */
export declare function bpf_obj_drop(object: object): void;
/** One more reference to an object with a RefCount; null if it was the program's no more. Linux 6.4. */
export declare function bpf_refcount_acquire<T extends object>(object: T): T | null;
/** One object for each CPU, zeroed, for a `percpuKptr` field; null if there is no memory. T has no pointers and no objects of the kernel's. Linux 6.7. */
export declare function bpf_percpu_obj_new<T>(type: AnyClass<T>): PerCpuObject<T> | null;
/** Gives the objects of all CPUs back. Linux 6.7. */
export declare function bpf_percpu_obj_drop<T>(object: PerCpuObject<T>): void;

/** `struct bpf_refcount`: a field of an object that more than one owner may hold. Linux 6.4. */
export declare class RefCount {
  private readonly refCount: u32;
}

/** Names of the fields of T that are an N. */
type FieldsOf<T, N> = { [K in keyof T]-?: T[K] extends N ? K : never }[keyof T] & string;

/** `struct bpf_list_node`: by this field an object hangs in a list. Linux 6.6 (6.2 with another size). */
export declare class ListNode {
  private readonly listNode: array<u64, 3>;
}
/**
 * `struct bpf_list_head`: a list of objects of T, each by its field `Node`, which need not be said if there is one
 * ListNode. It lies in a map value, an object or a global of a class of its own, beside the SpinLock that is held around
 * each call: `withLock(queue.lock, () => queue.jobs.popFront())`. Linux 6.6.
 */
export declare class ListHead<T, Node extends FieldsOf<T, ListNode> = FieldsOf<T, ListNode>> {
  private readonly listHead: array<u64, 2>;
  /** bpf_list_push_front: the list owns the object from now on. 0, or -EINVAL (and the object is dropped) if it hangs somewhere by this field. */
  pushFront(object: T): i32;
  /** bpf_list_push_back: as pushFront(), at the other end. */
  pushBack(object: T): i32;
  /** bpf_list_pop_front: takes the first object out, for the program to own; null if the list is empty. */
  popFront(): T | null;
  /** bpf_list_pop_back: the last. */
  popBack(): T | null;
  /** bpf_list_front: the first object, which stays the list's; to be looked at under the lock. Linux 6.16. */
  front(): T | null;
  /** bpf_list_back: the last. Linux 6.16. */
  back(): T | null;
}

/** `struct bpf_rb_node`: by this field an object hangs in a tree. Linux 6.6 (6.3 with another size). */
export declare class RbNode {
  private readonly rbNode: array<u64, 4>;
}
/**
 * `struct bpf_rb_root`: objects of T in order, each by its field `Node`, which need not be said if there is one RbNode.
 * It lies where a ListHead may, beside its SpinLock. Linux 6.6.
 */
export declare class RbRoot<T, Node extends FieldsOf<T, RbNode> = FieldsOf<T, RbNode>> {
  private readonly rbRoot: array<u64, 2>;
  /** bpf_rbtree_add: the tree owns the object from now on. 0, or -EINVAL (and the object is dropped) if it hangs somewhere by this field. */
  add(object: T, less: (a: T, b: T) => boolean): i32;
  /** bpf_rbtree_remove: takes an object out, for the program to own; null if it was not in this tree. */
  remove(object: T): T | null;
  /** bpf_rbtree_first: the least, which stays the tree's; to be looked at under the lock. */
  first(): T | null;
  /** bpf_rbtree_root: the object at the top, from which left() and right() lead down. Linux 6.16. */
  root(): T | null;
  /** bpf_rbtree_left: what is less than `object`, one step down. Linux 6.16. */
  left(object: T): T | null;
  /** bpf_rbtree_right: what is not less. Linux 6.16. */
  right(object: T): T | null;
}

export {};
