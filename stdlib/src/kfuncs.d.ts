// Functions of the kernel for programs, those that many programs want: the others are declared in the probe, with
// `declare function`. All are for programs under a GPL-compatible license. T of a task, cgroup … is the kernel's type as
// the probe's `vmlinux` module has it: `bpf_task_from_pid<task_struct>(pid)`.
import type { SkBuff, XdpMd } from "./contexts.js";
import type { Dynptr, ResSpinLock, Timer } from "./intrinsics.js";
import type { i32, i64, ptr, u8, u32, u64 } from "./types.js";
import type {
  bpf_cpumask,
  cgroup,
  cgroup_subsys_state,
  cpumask,
  dma_buf,
  file,
  inode,
  kmem_cache,
  mem_cgroup,
  path,
  task_struct,
  vm_area_struct,
} from "./vmlinux.js";

/** What is read under RCU, such as a `kptr`, stays until bpf_rcu_read_unlock(). Linux 6.2. */
export declare function bpf_rcu_read_lock(): void;
/** Ends what bpf_rcu_read_lock() began. Linux 6.2. */
export declare function bpf_rcu_read_unlock(): void;
/** No other task runs on this CPU until bpf_preempt_enable(). Linux 6.10. */
export declare function bpf_preempt_disable(): void;
/** Ends what bpf_preempt_disable() began. Linux 6.10. */
export declare function bpf_preempt_enable(): void;
/** No interrupts on this CPU until bpf_local_irq_restore() of the same variable, given as `addr(flags)`. Linux 6.14. */
export declare function bpf_local_irq_save(flags: ptr<u64>): void;
/** Ends what bpf_local_irq_save() began. Linux 6.14. */
export declare function bpf_local_irq_restore(flags: ptr<u64>): void;
/** Takes a lock: 0, or a negative errno (-EDEADLK, -ETIMEDOUT) if it was not got. Linux 6.15. */
export declare function bpf_res_spin_lock(lock: ResSpinLock): i32;
/** Lets a lock go that bpf_res_spin_lock() got. Linux 6.15. */
export declare function bpf_res_spin_unlock(lock: ResSpinLock): void;
/** bpf_res_spin_lock() without interrupts on this CPU, until bpf_res_spin_unlock_irqrestore() of the same variable, given as `addr(flags)`. Linux 6.15. */
export declare function bpf_res_spin_lock_irqsave(lock: ResSpinLock, flags: ptr<u64>): i32;
/** Lets a lock go that bpf_res_spin_lock_irqsave() got. Linux 6.15. */
export declare function bpf_res_spin_unlock_irqrestore(lock: ResSpinLock, flags: ptr<u64>): void;
/** Stops a timer without waiting for its callback, which may be running: 1 if it was to run, 0 if not, or a negative errno. Linux 7.0. */
export declare function bpf_timer_cancel_async(timer: Timer): i32;
/** Ends the program, from however deep inside, with `cookie` as its result. Nothing may be held. Linux 6.7. */
export declare function bpf_throw(cookie: u64): void;

/**
 * In a session, whether the function has returned: `kprobe.session` (Linux 6.10), `uprobe.session` (6.13), `fsession` (7.0).
 * Before Linux 7.0 the kernel's function takes no context; the object calls the one that is there.
 */
export declare function bpf_session_is_return(ctx: object): boolean;
/** 64 bits of a session that the return finds as the entry has left them. Kernels as of bpf_session_is_return(). */
export declare function bpf_session_cookie(ctx: object): ptr<u64>;

/** A dynptr of a packet; packets in fragments too. 0 or a negative errno. Linux 6.4. */
export declare function bpf_dynptr_from_skb(skb: SkBuff, flags: u64, packet: Dynptr): i32;
/** A dynptr of a frame. 0 or a negative errno. Linux 6.4. */
export declare function bpf_dynptr_from_xdp(ctx: XdpMd, flags: u64, packet: Dynptr): i32;
/** A dynptr of a packet's metadata, which XDP may have put before it. 0 or a negative errno. Linux 6.18. */
export declare function bpf_dynptr_from_skb_meta(skb: SkBuff, flags: u64, meta: Dynptr): i32;
/** Brings `length` bytes of a frame in fragments together at its beginning. 0 or a negative errno; pointers into the frame have to be checked again. Linux 6.18. */
export declare function bpf_xdp_pull_data(ctx: XdpMd, length: u32): i32;
/** Answers a packet by an ICMP message, of which type and code are unreachability's; in programs of cgroups. 0 or a negative errno. Linux 7.3. */
export declare function bpf_icmp_send(skb: SkBuff, type: i32, code: i32): i32;
/** `size` bytes from `offset` on, a constant: where they are if they lie together, else copied into `buffer`; null if there are fewer. Linux 6.4. */
export declare function bpf_dynptr_slice<T>(
  memory: Dynptr,
  offset: u32,
  buffer: T | null,
  size: u32,
): ptr<T> | null;
/** The same, to be written to. What was copied has to be written back (bpf_dynptr_write). Linux 6.4. */
export declare function bpf_dynptr_slice_rdwr<T>(
  memory: Dynptr,
  offset: u32,
  buffer: T | null,
  size: u32,
): ptr<T> | null;
/** Moves both ends: `start` and `end` count from the beginning as it is now. 0 or a negative errno. Linux 6.5. */
export declare function bpf_dynptr_adjust(memory: Dynptr, start: u32, end: u32): i32;
/** Bytes that it has left. Linux 6.5. */
export declare function bpf_dynptr_size(memory: Dynptr): u32;
/** Whether nothing is behind it. Linux 6.5. */
export declare function bpf_dynptr_is_null(memory: Dynptr): boolean;
/** Whether it can be read only. Linux 6.5. */
export declare function bpf_dynptr_is_rdonly(memory: Dynptr): boolean;
/** A second dynptr of the same memory. 0 or a negative errno. Linux 6.5. */
export declare function bpf_dynptr_clone(memory: Dynptr, clone: Dynptr): i32;
/** Copies between dynptrs. 0 or a negative errno. Linux 6.15. */
export declare function bpf_dynptr_copy(
  target: Dynptr,
  targetOffset: u32,
  source: Dynptr,
  sourceOffset: u32,
  size: u32,
): i32;
/** Fills with a byte. 0 or a negative errno. Linux 6.17. */
export declare function bpf_dynptr_memset(memory: Dynptr, offset: u32, size: u32, value: u8): i32;

/** Compares texts up to their NUL: 0 if equal, -1 or 1; a negative errno if one cannot be read, or is over 4096 bytes long. Linux 6.17. */
export declare function bpf_strcmp(a: string, b: string): i32;
/** Bytes before the NUL, or a negative errno. Linux 6.17. */
export declare function bpf_strlen(text: string): i32;
/** Bytes before the NUL, at most `count`, or a negative errno. Linux 6.17. */
export declare function bpf_strnlen(text: string, count: u64): i32;
/** Where a byte first stands, or -ENOENT. Linux 6.17. */
export declare function bpf_strchr(text: string, character: i32): i32;
/** Where a byte last stands, or -ENOENT. Linux 6.17. */
export declare function bpf_strrchr(text: string, character: i32): i32;
/** Where `part` first stands in `text`, or -ENOENT. Linux 6.17. */
export declare function bpf_strstr(text: string, part: string): i32;
/** How many bytes at the beginning are among `accepted`. Linux 6.17. */
export declare function bpf_strspn(text: string, accepted: string): i32;
/** How many bytes at the beginning are not among `rejected`. Linux 6.17. */
export declare function bpf_strcspn(text: string, rejected: string): i32;

/** bpf_strcmp() without regard to case. Linux 6.18. */
export declare function bpf_strcasecmp(a: string, b: string): i32;
/** bpf_strcasecmp() of at most `count` bytes. Linux 7.0. */
export declare function bpf_strncasecmp(a: string, b: string, count: u64): i32;
/** bpf_strchr() in the first `count` bytes. Linux 6.17. */
export declare function bpf_strnchr(text: string, count: u64, character: i32): i32;
/** Where a byte first stands, or where the text ends. Linux 6.17. */
export declare function bpf_strchrnul(text: string, character: i32): i32;
/** bpf_strstr() in the first `count` bytes of `text`. Linux 6.17. */
export declare function bpf_strnstr(text: string, part: string, count: u64): i32;
/** bpf_strstr() without regard to case. Linux 6.19. */
export declare function bpf_strcasestr(text: string, part: string): i32;
/** bpf_strnstr() without regard to case. Linux 6.19. */
export declare function bpf_strncasestr(text: string, part: string, count: u64): i32;

/** A task by its number (in the first namespace), with a reference: for bpf_task_release() or a `kptr`. Linux 6.2. */
export declare function bpf_task_from_pid<T = task_struct>(pid: i32): ptr<T> | null;
/** A task by its number in the namespace of the current one, with a reference: for bpf_task_release() or a `kptr`. Linux 6.13. */
export declare function bpf_task_from_vpid<T = task_struct>(pid: i32): ptr<T> | null;
/** Whether a task is in a cgroup, or in one below it: 1 or 0. Linux 6.5. */
export declare function bpf_task_under_cgroup<T = task_struct, C = cgroup>(
  task: ptr<T>,
  ancestor: ptr<C>,
): i64;
/** One more reference to a task; null if it is about to go. Linux 6.2. */
export declare function bpf_task_acquire<T = task_struct>(task: ptr<T>): ptr<T> | null;
/** Gives a reference back. Linux 6.2. */
export declare function bpf_task_release<T = task_struct>(task: ptr<T>): void;
/** A cgroup by its id (bpf_get_current_cgroup_id), with a reference: for bpf_cgroup_release() or a `kptr`. Linux 6.4. */
export declare function bpf_cgroup_from_id<T = cgroup>(id: u64): ptr<T> | null;
/** One more reference to a cgroup; null if it is about to go. Linux 6.2. */
export declare function bpf_cgroup_acquire<T = cgroup>(cgroup: ptr<T>): ptr<T> | null;
/** The ancestor at a level, 0 being the root, with a reference; null if there is none. Linux 6.2. */
export declare function bpf_cgroup_ancestor<T = cgroup>(cgroup: ptr<T>, level: i32): ptr<T> | null;
/** Gives a reference back. Linux 6.2. */
export declare function bpf_cgroup_release<T = cgroup>(cgroup: ptr<T>): void;

/** The file that a task runs, with a reference: for bpf_put_file(); null if it has none. Only in LSM programs. Linux 6.12. */
export declare function bpf_get_task_exe_file<T = task_struct, F = file>(task: ptr<T>): ptr<F> | null;
/** Gives a reference back. Linux 6.12. */
export declare function bpf_put_file<F = file>(file: ptr<F>): void;
/** The path as a text into `target`; its length with the NUL, or a negative errno. Only in LSM programs. Linux 6.12. */
export declare function bpf_path_d_path<P = path>(path: ptr<P>, target: ptr<u8>, size: u64): i32;
/** The inode that holds a file's data, where an overlay stands before it; null if there is none. Only in LSM programs. Linux 7.2. */
export declare function bpf_real_data_inode<F = file, I = inode>(file: ptr<F>): ptr<I> | null;
/** A dynptr of a file's content, to be read, and ended by bpf_dynptr_file_discard() even after an error. 0 or a negative errno. Linux 6.19. */
export declare function bpf_dynptr_from_file<F = file>(file: ptr<F>, flags: u32, content: Dynptr): i32;
/** Ends what bpf_dynptr_from_file() began. Linux 6.19. */
export declare function bpf_dynptr_file_discard(content: Dynptr): i32;
/** An extended attribute `user.…` of a cgroup into `value`; its length or a negative errno. Linux 6.17. */
export declare function bpf_cgroup_read_xattr<C = cgroup>(cgroup: ptr<C>, name: string, value: Dynptr): i32;

/** The cache that an object of the kernel lies in; null if it lies in none. Linux 6.13. */
export declare function bpf_get_kmem_cache<T = kmem_cache>(address: u64): ptr<T> | null;
/** The root of memory cgroups, which needs not be given back; null if there are none. Linux 7.0. */
export declare function bpf_get_root_mem_cgroup<M = mem_cgroup>(): ptr<M> | null;
/** A cgroup's memory cgroup, with a reference: for bpf_put_mem_cgroup(); null if it is about to go. Linux 7.0. */
export declare function bpf_get_mem_cgroup<M = mem_cgroup, S = cgroup_subsys_state>(
  css: ptr<S>,
): ptr<M> | null;
/** Gives a reference back. Linux 7.0. */
export declare function bpf_put_mem_cgroup<M = mem_cgroup>(memory: ptr<M>): void;
/** Bytes that a memory cgroup uses. Linux 7.0. */
export declare function bpf_mem_cgroup_usage<M = mem_cgroup>(memory: ptr<M>): u64;
/** A counter of a memory cgroup (`enum node_stat_item`, `enum memcg_stat_item`), in bytes. Linux 7.0. */
export declare function bpf_mem_cgroup_page_state<M = mem_cgroup>(memory: ptr<M>, item: i32): u64;

/**
 * Tasks, gone through by `for (const task of bpf_iter_task(null, 0))`, between bpf_rcu_read_lock() and bpf_rcu_read_unlock().
 * `flags`: 0 for all processes, 1 for all threads, 2 for the threads of `task`. Linux 6.7.
 */
export declare function bpf_iter_task<T = task_struct>(task: ptr<T> | null, flags: u32): Iterable<T>;
/**
 * Cgroups below `start`, or above, between bpf_rcu_read_lock() and bpf_rcu_read_unlock(). `flags` is an order of `enum
 * bpf_cgroup_iter_order`: 2 for children after their parent, 3 before it, 4 for ancestors. Linux 6.7.
 */
export declare function bpf_iter_css<S = cgroup_subsys_state>(start: ptr<S>, flags: u32): Iterable<S>;
/** Tasks of a cgroup; `flags` as of css_task_iter_start(), 0 for all threads. Only in LSM programs, and iterators that may sleep. Linux 6.7. */
export declare function bpf_iter_css_task<T = task_struct, S = cgroup_subsys_state>(
  css: ptr<S>,
  flags: u32,
): Iterable<T>;
/** Mappings of a task, from an address on. Linux 6.7. */
export declare function bpf_iter_task_vma<V = vm_area_struct, T = task_struct>(
  task: ptr<T>,
  address: u64,
): Iterable<V>;
/** Buffers that devices share; only in programs that may sleep. Linux 6.16. */
export declare function bpf_iter_dmabuf<B = dma_buf>(): Iterable<B>;
/** Numbers of the bits that are set in `words` (a constant up to 511) of 64 bits: `bpf_iter_bits(addr(mask), 1)`. Linux 6.11. */
export declare function bpf_iter_bits(memory: ptr<u64>, words: u32): Iterable<i32>;
/** The kernel's caches of objects. Linux 6.13. */
export declare function bpf_iter_kmem_cache<T = kmem_cache>(): Iterable<T>;

/** A new set of CPUs, with none in it: for bpf_cpumask_release() or a `kptr`. `mask.cpumask` is what the functions that read take. Linux 6.3. */
export declare function bpf_cpumask_create(): ptr<bpf_cpumask> | null;
/** Gives a set back. Linux 6.3. */
export declare function bpf_cpumask_release(mask: ptr<bpf_cpumask>): void;
/** Puts a CPU in. Linux 6.3. */
export declare function bpf_cpumask_set_cpu(cpu: u32, mask: ptr<bpf_cpumask>): void;
/** Takes a CPU out. Linux 6.3. */
export declare function bpf_cpumask_clear_cpu(cpu: u32, mask: ptr<bpf_cpumask>): void;
/** Puts a CPU in, and says whether it was there. Linux 6.3. */
export declare function bpf_cpumask_test_and_set_cpu(cpu: u32, mask: ptr<bpf_cpumask>): boolean;
/** Whether a CPU is in. Linux 6.3. */
export declare function bpf_cpumask_test_cpu(cpu: u32, mask: cpumask): boolean;
/** The first CPU that is in; the number of CPUs if none is. Linux 6.3. */
export declare function bpf_cpumask_first(mask: cpumask): u32;
/** How many CPUs are in. Linux 6.8. */
export declare function bpf_cpumask_weight(mask: cpumask): u32;
/** Whether none is in. Linux 6.3. */
export declare function bpf_cpumask_empty(mask: cpumask): boolean;
/** Copies one set into another. Linux 6.3. */
export declare function bpf_cpumask_copy(target: ptr<bpf_cpumask>, source: cpumask): void;
/** What two sets have in common; false if that is nothing. Linux 6.3. */
export declare function bpf_cpumask_and(target: ptr<bpf_cpumask>, a: cpumask, b: cpumask): boolean;
/** What is in either. Linux 6.3. */
export declare function bpf_cpumask_or(target: ptr<bpf_cpumask>, a: cpumask, b: cpumask): void;

export {};
