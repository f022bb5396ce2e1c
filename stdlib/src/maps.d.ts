// One class for each kind of map of the kernel, with the methods that its kind has. What a helper returns, the
// method returns: 0 or a negative errno, a pointer or null.
import type { SkAction, XdpAction } from "./constants.js";
import type { Dynptr } from "./intrinsics.js";
import type { arena, array, be32, Init, i32, i64, ptr, u8, u32, u64 } from "./types.js";

declare const OPTIONS: unique symbol;

/** What `@map` takes for every kind. */
interface CommonOptions {
  /** `BPF_F_*` bits of map creation. */
  readonly flags?: number;
  /** `by-name`: shared through a pin of the map's name in the BPF file system. */
  readonly pinning?: "none" | "by-name";
  /** NUMA node that the memory comes from. */
  readonly numaNode?: number;
}
interface Sized extends CommonOptions {
  /** Entries; bytes for ring buffers, pages for an arena. */
  readonly maxEntries: number;
}
interface MaybeSized extends CommonOptions {
  /** Entries; one for each CPU if not given. */
  readonly maxEntries?: number;
}
interface Unsized extends CommonOptions {
  readonly maxEntries?: 0;
}
interface BloomOptions extends Sized {
  /** Number of hash functions, 1 to 15; 5 if not given. */
  readonly extra?: number;
}
interface ArenaOptions extends Sized {
  /** Where it is mapped in user space. */
  readonly extra?: number;
}
interface ProgramArrayOptions extends Sized {
  /** Methods that fill the slots from 0 on. */
  readonly values?: readonly string[];
}
interface OuterOptions extends Sized {
  /** The maps inside. */
  readonly inner: InnerOptions;
  /** Map fields that fill the slots from 0 on. */
  readonly values?: readonly string[];
}
interface InnerOptions extends CommonOptions {
  readonly maxEntries: number;
  readonly extra?: number;
}
/** Every option that some kind has. */
interface AnyOptions extends CommonOptions {
  readonly maxEntries?: number;
  readonly inner?: InnerOptions;
  readonly values?: readonly string[] | object;
  readonly extra?: number;
  readonly link?: boolean;
}

/** Any map, as a parameter. */
export declare abstract class AnyMap {
  readonly [OPTIONS]?: unknown;
}
type OptionsOf<M> = M extends { readonly [OPTIONS]?: infer O } ? O : never;
type Defined<O> = O extends undefined ? never : O;
/** Options that `@map` knows and this kind does not have; those that it does not know are refused where they stand. */
type Foreign<O, Known> = Extract<Exclude<keyof O, keyof Known>, keyof AnyOptions>;
type Required<T> = { [K in keyof T]-?: {} extends { [P in K]: T[P] } ? never : K }[keyof T];
type IsAny<T> = 0 extends 1 & T ? true : false;
/** What does not fit is named by a property that no context has. */
type Fit<O, Known> = O extends Known
  ? [Foreign<O, Known>] extends [never]
    ? unknown
    : { readonly "this kind of map has no option": Foreign<O, Known> }
  : { readonly "this kind of map needs": Exclude<Required<Known>, keyof O> };
type FitOf<O, M> =
  IsAny<M> extends true
    ? unknown
    : M extends AnyMap
      ? Fit<O, Defined<OptionsOf<M>>>
      : { readonly "the field is not a map": never };

type MapDecorator<O> = <This, M>(
  value: undefined,
  context: ClassFieldDecoratorContext<This, M> & FitOf<O, M>,
) => void;
/** A map; its kind, key and value come from the field's type. */
export declare function map<const O extends AnyOptions = {}>(
  options?: O & { readonly [K in Exclude<keyof O, keyof AnyOptions>]: never },
): MapDecorator<O>;

declare abstract class Lookup<K, V, O> extends AnyMap {
  readonly [OPTIONS]?: O;
  /** bpf_map_lookup_elem: a pointer into the map, null where there is nothing. */
  lookup(key: Init<K>): ptr<V> | null;
}
declare abstract class Keyed<K, V, O = Sized> extends Lookup<K, V, O> {
  /** bpf_map_update_elem: 0 or a negative errno. `flags`: BPF_ANY, BPF_NOEXIST, BPF_EXIST, BPF_F_LOCK. */
  update(key: Init<K>, value: Init<V>, flags?: number): i64;
}
declare abstract class Hashed<K, V, O = Sized> extends Keyed<K, V, O> {
  /** bpf_map_delete_elem: 0 or a negative errno. */
  delete(key: Init<K>): i64;
  /** lookup, else update with BPF_NOEXIST, then lookup again; null if the map is full. */
  lookupOrInit(key: Init<K>, initial: Init<V>): ptr<V> | null;
  /** bpf_for_each_map_elem. Linux 5.13. */
  [Symbol.iterator](): Iterator<[K, ptr<V>]>;
}
declare abstract class Indexed<V> extends Keyed<u32, V> {
  /** bpf_for_each_map_elem. Linux 5.13. */
  [Symbol.iterator](): Iterator<[u32, ptr<V>]>;
}
/** The value of the CPU that is named. */
interface PerCpu<K, V> {
  /** bpf_map_lookup_percpu_elem. Linux 5.19. */
  lookupOnCpu(key: Init<K>, cpu: number): ptr<V> | null;
}

/** BPF_MAP_TYPE_HASH. */
export declare abstract class HashMap<K, V> extends Hashed<K, V> {
  private readonly hash: K;
}
/** BPF_MAP_TYPE_LRU_HASH: when full, the entries that were not used for longest go. Linux 4.10. */
export declare abstract class LruHashMap<K, V> extends Hashed<K, V> {
  private readonly lruHash: K;
}
/** BPF_MAP_TYPE_PERCPU_HASH: each CPU has its own value. Linux 4.6. */
export declare abstract class PerCpuHashMap<K, V> extends Hashed<K, V> implements PerCpu<K, V> {
  private readonly perCpuHash: K;
  lookupOnCpu(key: Init<K>, cpu: number): ptr<V> | null;
}
/** BPF_MAP_TYPE_LRU_PERCPU_HASH. Linux 4.10. */
export declare abstract class LruPerCpuHashMap<K, V> extends Hashed<K, V> implements PerCpu<K, V> {
  private readonly lruPerCpuHash: K;
  lookupOnCpu(key: Init<K>, cpu: number): ptr<V> | null;
}
/** BPF_MAP_TYPE_RHASH: a hash that grows and shrinks; needs BPF_F_NO_PREALLOC. Linux 7.2. */
export declare abstract class ResizableHashMap<K, V> extends Hashed<K, V, Sized> {
  private readonly rhash: K;
}
/** BPF_MAP_TYPE_ARRAY: `maxEntries` values, all there and zero from the start. */
export declare abstract class ArrayMap<V> extends Indexed<V> {
  private readonly array: V;
}
/** BPF_MAP_TYPE_PERCPU_ARRAY: each CPU has its own values. Linux 4.6. */
export declare abstract class PerCpuArray<V> extends Indexed<V> implements PerCpu<u32, V> {
  private readonly perCpuArray: V;
  lookupOnCpu(key: u32, cpu: number): ptr<V> | null;
}
/** BPF_MAP_TYPE_LPM_TRIE: longest prefix match. The key begins with `prefixlen: u32`. Linux 4.11. */
export declare abstract class LpmTrie<K extends { prefixlen: u32 }, V> extends Keyed<K, V, Sized> {
  private readonly lpmTrie: K;
  /** bpf_map_delete_elem: 0 or a negative errno. */
  delete(key: Init<K>): i64;
  /** lookup, else update with BPF_NOEXIST, then lookup again. */
  lookupOrInit(key: Init<K>, initial: Init<V>): ptr<V> | null;
}

/** BPF_MAP_TYPE_RINGBUF: records for Node, in order across CPUs. `maxEntries` is bytes. Linux 5.8. */
export declare abstract class RingBuf<T> extends AnyMap {
  readonly [OPTIONS]?: Sized;
  private readonly ringBuf: T;
  /** Room for a record, not zeroed: fill every field, then submit or discard it. Null when the buffer is full. */
  reserve(): ptr<T> | null;
  /** Hands the record over. `flags`: BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP. */
  submit(record: ptr<T>, flags?: number): void;
  /** Gives the room back. */
  discard(record: ptr<T>, flags?: number): void;
  /** Copies a record, or its first `size` bytes: 0 or a negative errno. */
  output(record: Init<T>, flags?: number, size?: number): i64;
  /** bpf_ringbuf_query: `flags` is a BPF_RB_AVAIL_DATA, BPF_RB_RING_SIZE, BPF_RB_CONS_POS, BPF_RB_PROD_POS. */
  query(flags: number): u64;
  /** Room for `size` bytes, known at run time: 0 or a negative errno; submit or discard in any case. Linux 5.19. */
  reserveDynptr(size: number, target: Dynptr): i64;
  submitDynptr(record: Dynptr, flags?: number): void;
  discardDynptr(record: Dynptr, flags?: number): void;
}
/** BPF_MAP_TYPE_USER_RINGBUF: records from Node. `maxEntries` is bytes. Linux 6.1. */
export declare abstract class UserRingBuf<T> extends AnyMap {
  readonly [OPTIONS]?: Sized;
  private readonly userRingBuf: T;
  /** bpf_user_ringbuf_drain: records taken, or a negative errno. A callback that returns true ends it. */
  drain(callback: (record: T) => boolean | void, flags?: number): i64;
}
/** BPF_MAP_TYPE_PERF_EVENT_ARRAY: a buffer for each CPU, or perf events to read. Linux 4.3. */
export declare abstract class PerfEventArray<T> extends AnyMap {
  readonly [OPTIONS]?: MaybeSized;
  private readonly perfEventArray: T;
  /** bpf_perf_event_output of a record, or of its first `size` bytes: 0 or a negative errno. */
  output(ctx: object, record: Init<T>, flags: number, size?: number): i64;
  /** bpf_perf_event_read_value: 0 or a negative errno. Linux 4.15. */
  readValue(flags: number, target: object): i64;
}
/** BPF_MAP_TYPE_QUEUE: first in, first out. Linux 4.20. */
export declare abstract class Queue<V> extends AnyMap {
  readonly [OPTIONS]?: Sized;
  private readonly queue: V;
  /** 0 or a negative errno; with BPF_EXIST the oldest goes when it is full. */
  push(value: Init<V>, flags?: number): i64;
  /** Fills `target` and removes: 0 or a negative errno. */
  pop(target: V): i64;
  /** Fills `target`: 0 or a negative errno. */
  peek(target: V): i64;
}
/** BPF_MAP_TYPE_STACK: last in, first out. Linux 4.20. */
export declare abstract class Stack<V> extends AnyMap {
  readonly [OPTIONS]?: Sized;
  private readonly stack: V;
  /** 0 or a negative errno; with BPF_EXIST the oldest goes when it is full. */
  push(value: Init<V>, flags?: number): i64;
  /** Fills `target` and removes: 0 or a negative errno. */
  pop(target: V): i64;
  /** Fills `target`: 0 or a negative errno. */
  peek(target: V): i64;
}
/** BPF_MAP_TYPE_BLOOM_FILTER: what is in it may be asked, sometimes with a false yes. Linux 5.16. */
export declare abstract class BloomFilter<V> extends AnyMap {
  readonly [OPTIONS]?: BloomOptions;
  private readonly bloomFilter: V;
  /** Adds: 0 or a negative errno. */
  push(value: Init<V>, flags?: number): i64;
  /** 0 if the value may be in it, -ENOENT if it is not. */
  peek(value: Init<V>): i64;
}

/** BPF_MAP_TYPE_PROG_ARRAY: targets of tail calls, programs whose context is C. Linux 4.2. */
export declare abstract class ProgArray<C> extends AnyMap {
  readonly [OPTIONS]?: ProgramArrayOptions;
  private readonly progArray: C;
  /** Goes on in another program and does not come back; falls through if the slot is empty. */
  tailCall(ctx: C, index: number): void;
}
/** BPF_MAP_TYPE_STACK_TRACE: call stacks by the number that bpf_get_stackid gives. Linux 4.6. */
export declare abstract class StackTrace extends AnyMap {
  readonly [OPTIONS]?: Sized;
  private readonly stackTrace: u64;
}
/** BPF_MAP_TYPE_CGROUP_ARRAY: cgroups to compare with. Linux 4.8. */
export declare abstract class CgroupArray extends AnyMap {
  readonly [OPTIONS]?: Sized;
  private readonly cgroupArray: u32;
  /** bpf_current_task_under_cgroup: 1, 0 or a negative errno. */
  containsCurrent(index: number): i64;
  /** bpf_skb_under_cgroup: 1, 0 or a negative errno. */
  containsSkb(ctx: object, index: number): i64;
}

/** BPF_MAP_TYPE_ARRAY_OF_MAPS. Linux 4.12. */
export declare abstract class ArrayOfMaps<M extends AnyMap> extends AnyMap {
  readonly [OPTIONS]?: OuterOptions;
  private readonly arrayOfMaps: M;
  lookup(key: u32): M | null;
}
/** BPF_MAP_TYPE_HASH_OF_MAPS. Linux 4.12. */
export declare abstract class HashOfMaps<K, M extends AnyMap> extends AnyMap {
  readonly [OPTIONS]?: OuterOptions;
  private readonly hashOfMaps: [K, M];
  lookup(key: Init<K>): M | null;
}

declare abstract class LocalStorage<V> extends AnyMap {
  readonly [OPTIONS]?: Unsized;
  /** The owner's value, made (zero, or `initial`) with `create`; null if there is none or no memory. */
  get(owner: object, options?: { readonly create?: boolean; readonly initial?: Init<V> }): ptr<V> | null;
  /** 0 or a negative errno. */
  delete(owner: object): i64;
}
/** BPF_MAP_TYPE_TASK_STORAGE: a value for each task. Linux 5.11. */
export declare abstract class TaskStorage<V> extends LocalStorage<V> {
  private readonly taskStorage: V;
}
/** BPF_MAP_TYPE_INODE_STORAGE: a value for each inode, for LSM programs. Linux 5.10. */
export declare abstract class InodeStorage<V> extends LocalStorage<V> {
  private readonly inodeStorage: V;
}
/** BPF_MAP_TYPE_SK_STORAGE: a value for each socket. Linux 5.2. */
export declare abstract class SkStorage<V> extends LocalStorage<V> {
  private readonly skStorage: V;
}
/** BPF_MAP_TYPE_CGRP_STORAGE: a value for each cgroup. Linux 6.2. */
export declare abstract class CgroupStorage<V> extends LocalStorage<V> {
  private readonly cgroupStorage: V;
}
/** `struct bpf_cgroup_storage_key`, of the older cgroup storage. */
export declare class CgroupStorageKey {
  cgroup_inode_id: u64;
  attach_type: u32;
}
/** BPF_MAP_TYPE_CGROUP_STORAGE: a value for each attachment to a cgroup; CgroupStorage is the newer way. Linux 4.19. */
export declare abstract class AttachedCgroupStorage<V> extends AnyMap {
  readonly [OPTIONS]?: Unsized;
  private readonly attachedCgroupStorage: V;
  /** bpf_get_local_storage: never null. */
  local(): ptr<V>;
}
/** BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE. Linux 4.20. */
export declare abstract class PerCpuAttachedCgroupStorage<V> extends AnyMap {
  readonly [OPTIONS]?: Unsized;
  private readonly perCpuAttachedCgroupStorage: V;
  /** bpf_get_local_storage: never null. */
  local(): ptr<V>;
}

/** `struct bpf_devmap_val`: an interface and the program (from Node: its file descriptor) that runs on the way out. */
export declare class DevMapValue {
  ifindex: u32;
  program: i32;
}
/** `struct bpf_cpumap_val`: length of a CPU's queue and the program that runs there. */
export declare class CpuMapValue {
  qsize: u32;
  program: i32;
}
declare abstract class Redirecting<K> extends AnyMap {
  readonly [OPTIONS]?: Sized;
  /** bpf_redirect_map: XDP_REDIRECT, or the low bits of `flags` if the slot is empty. */
  redirect(key: number, flags?: number): XdpAction;
  private readonly redirecting: K;
}
/** BPF_MAP_TYPE_DEVMAP: interfaces to redirect to. Linux 4.14. */
export declare abstract class DevMap<V = DevMapValue> extends Redirecting<u32> {
  private readonly devMap: V;
  lookup(key: u32): ptr<V> | null;
}
/** BPF_MAP_TYPE_DEVMAP_HASH. Linux 5.4. */
export declare abstract class DevMapHash<V = DevMapValue> extends Redirecting<u32> {
  private readonly devMapHash: V;
  lookup(key: u32): ptr<V> | null;
}
/** BPF_MAP_TYPE_CPUMAP: CPUs to redirect to. Linux 4.15. */
export declare abstract class CpuMap<V = CpuMapValue> extends Redirecting<u32> {
  private readonly cpuMap: V;
  lookup(key: u32): ptr<V> | null;
}
/** BPF_MAP_TYPE_XSKMAP: AF_XDP sockets to redirect to. Linux 4.18. */
export declare abstract class XskMap extends Redirecting<u32> {
  private readonly xskMap: u32;
  /** Whether there is a socket: a pointer that nothing but null is asked of. Linux 5.3. */
  lookup(key: u32): object | null;
}

declare abstract class Sockets<K> extends AnyMap {
  readonly [OPTIONS]?: Sized;
  /** Puts the socket of a sock_ops context in (bpf_sock_map_update, bpf_sock_hash_update): 0 or a negative errno. */
  update(ctx: object, key: Init<K>, flags?: number): i64;
  /** bpf_map_delete_elem: 0 or a negative errno. */
  delete(key: Init<K>): i64;
  /** bpf_map_lookup_elem: a socket with a reference; give it back with bpf_sk_release. Linux 5.8. */
  lookup(key: Init<K>): object | null;
  /** bpf_msg_redirect_map, bpf_msg_redirect_hash: SK_PASS or SK_DROP. */
  redirectMsg(ctx: object, key: Init<K>, flags?: number): SkAction;
  /** bpf_sk_redirect_map, bpf_sk_redirect_hash: SK_PASS or SK_DROP. */
  redirectSkb(ctx: object, key: Init<K>, flags?: number): SkAction;
}
/** BPF_MAP_TYPE_SOCKMAP: sockets by number. Linux 4.14. */
export declare abstract class SockMap extends Sockets<u32> {
  private readonly sockMap: u32;
}
/** BPF_MAP_TYPE_SOCKHASH: sockets by a key. Linux 4.18. */
export declare abstract class SockHash<K> extends Sockets<K> {
  private readonly sockHash: K;
}
/** BPF_MAP_TYPE_REUSEPORT_SOCKARRAY: sockets that share a port. Linux 4.19. */
export declare abstract class ReuseportSockArray extends AnyMap {
  readonly [OPTIONS]?: Sized;
  private readonly reuseportSockArray: u64;
  /** bpf_sk_select_reuseport: 0 or a negative errno. */
  select(ctx: object, key: number, flags?: number): i64;
}

/**
 * BPF_MAP_TYPE_ARENA: memory in pages that programs and Node share, at the same addresses: what `@arena` fields are in,
 * and `arena<T>` leads to. Linux 6.9.
 */
export declare abstract class Arena extends AnyMap {
  readonly [OPTIONS]?: ArenaOptions;
  /** Zeroed pages, which keep their place until they are freed; null if there is no room. For programs that may sleep. */
  alloc<T = u8>(pages: u32): arena<T> | null;
  /** Gives pages back, from the first one's address on. For programs that may sleep. */
  free<T>(start: arena<T>, pages: u32): void;
  private readonly arena: array<u8, 1>;
}
/** BPF_MAP_TYPE_STRUCT_OPS: a table of functions for the kernel; T is its struct. Linux 5.6. */
export declare abstract class StructOps<T> extends AnyMap {
  readonly [OPTIONS]?: StructOpsOptions<T>;
  private readonly structOps: T;
}
interface StructOpsOptions<T> {
  /** Members by name: methods of this class for functions, texts and numbers for the others. */
  readonly values: { readonly [K in keyof T]?: string | number | boolean };
  /** Registered by a link, which can be updated and detached. Linux 6.4. */
  readonly link?: boolean;
}
/** BPF_MAP_TYPE_INSN_ARRAY: places in a program, for its jump tables. Linux 6.19. */
export declare abstract class InsnArray extends AnyMap {
  readonly [OPTIONS]?: Sized;
  private readonly insnArray: be32;
}

export {};
