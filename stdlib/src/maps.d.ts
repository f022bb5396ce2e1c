import type { At, i64, Init, u32 } from "./types.js";
import type { SkAction, XdpAction } from "./constants.js";

declare const OPTIONS: unique symbol;
declare const KIND: unique symbol;

/** What `@map` takes for each kind of map. Sizes are counts of entries, or bytes for ring buffers. */
interface CommonOptions {
  /** `BPF_F_*` bits of map creation. */
  readonly flags?: number;
  /** `by-name`: shared through a pin of the map's name in the BPF file system. */
  readonly pinning?: "none" | "by-name";
  /** NUMA node that the memory comes from. */
  readonly numaNode?: number;
}
interface SizedOptions extends CommonOptions {
  readonly maxEntries: number;
}
interface OptionalSize extends CommonOptions {
  readonly maxEntries?: number;
}
interface BloomOptions extends SizedOptions {
  /** Number of hash functions. */
  readonly extra?: number;
}
interface ProgramArrayOptions extends SizedOptions {
  /** Methods that fill the slots from 0 on. */
  readonly values?: readonly string[];
}
interface OuterOptions extends SizedOptions {
  readonly inner: SizedOptions;
  /** Map fields that fill the slots from 0 on. */
  readonly values?: readonly string[];
}

/** Every option that some kind has. */
interface AnyOption {
  readonly maxEntries?: number;
  readonly flags?: number;
  readonly pinning?: "none" | "by-name";
  readonly numaNode?: number;
  readonly inner?: SizedOptions;
  readonly values?: readonly string[];
  readonly extra?: number;
}

interface Kind<Options> {
  readonly [OPTIONS]?: Options;
}
/** Any map, for a parameter of a helper. */
export interface AnyMap {
  readonly [KIND]?: string;
}

type OptionsOf<M> = M extends Kind<infer O> ? O : never;
/** What does not fit is named by a property that no context has. */
type Fit<O, M> = [M] extends [AnyMap]
  ? O extends OptionsOf<M>
    ? unknown
    : { readonly "these options do not fit this kind of map": never }
  : { readonly "the field is not a map": never };

interface MapDecorator<O> {
  <This, M>(value: undefined, context: ClassFieldDecoratorContext<This, M> & Fit<O, M>): void;
}

/** A map; its kind, key and value come from the field's type. */
export declare function map<const O extends AnyOption = {}>(
  options?: O & { readonly [K in Exclude<keyof O, keyof AnyOption>]: never },
): MapDecorator<O>;

/** Lookups by key. Results are pointers into the map, null where there is nothing. */
interface Keyed<K, V> {
  /** bpf_map_lookup_elem. */
  lookup(key: K): At<V> | null;
  /** bpf_map_update_elem: 0 or a negative errno. `flags`: BPF_ANY, BPF_NOEXIST, BPF_EXIST. */
  update(key: K, value: Init<V>, flags?: number): i64;
}
interface Deletable<K> {
  /** bpf_map_delete_elem: 0 or a negative errno. */
  delete(key: K): i64;
}
interface Iterable_<K, V> {
  /** bpf_for_each_map_elem. Linux 5.13. */
  [Symbol.iterator](): Iterator<[K, At<V>]>;
}

/** BPF_MAP_TYPE_HASH. */
export interface HashMap<K, V> extends AnyMap, Kind<SizedOptions>, Keyed<K, V>, Deletable<K>, Iterable_<K, V> {
  /** Lookup, else update with BPF_NOEXIST, then lookup again. */
  lookupOrInit(key: K, initial: Init<V>): At<V> | null;
}
/** BPF_MAP_TYPE_LRU_HASH: when full, the entries not used for longest go. */
export interface LruHashMap<K, V> extends AnyMap, Kind<SizedOptions>, Keyed<K, V>, Deletable<K>, Iterable_<K, V> {
  lookupOrInit(key: K, initial: Init<V>): At<V> | null;
}
/** BPF_MAP_TYPE_PERCPU_HASH: each CPU has its own value. */
export interface PerCpuHashMap<K, V> extends AnyMap, Kind<SizedOptions>, Keyed<K, V>, Deletable<K>, Iterable_<K, V> {
  lookupOrInit(key: K, initial: Init<V>): At<V> | null;
}
/** BPF_MAP_TYPE_LRU_PERCPU_HASH. */
export interface LruPerCpuHashMap<K, V> extends AnyMap, Kind<SizedOptions>, Keyed<K, V>, Deletable<K>, Iterable_<K, V> {
  lookupOrInit(key: K, initial: Init<V>): At<V> | null;
}
/** BPF_MAP_TYPE_ARRAY: `maxEntries` values, all there from the start. */
export interface ArrayMap<V> extends AnyMap, Kind<SizedOptions>, Keyed<u32, V>, Iterable_<u32, V> {}
/** BPF_MAP_TYPE_PERCPU_ARRAY: each CPU has its own values. */
export interface PerCpuArray<V> extends AnyMap, Kind<SizedOptions>, Keyed<u32, V>, Iterable_<u32, V> {}
/** BPF_MAP_TYPE_LPM_TRIE: longest prefix match. The key begins with `prefixlen: u32`; needs BPF_F_NO_PREALLOC. */
export interface LpmTrie<K extends { prefixlen: u32 }, V> extends AnyMap, Kind<SizedOptions & { readonly flags: number }>, Keyed<K, V>, Deletable<K> {}

/** BPF_MAP_TYPE_RINGBUF: records for Node, in order across CPUs. `maxEntries` is bytes. Linux 5.8. */
export interface RingBuf<T> extends AnyMap, Kind<SizedOptions> {
  /** Room for a record, not zeroed: fill every field, then submit or discard it. Null when the buffer is full. */
  reserve(): At<T> | null;
  submit(record: At<T>, flags?: number): void;
  discard(record: At<T>, flags?: number): void;
  /** Copies a record: 0 or a negative errno. */
  output(record: Init<T>, flags?: number): i64;
}
/** BPF_MAP_TYPE_PERF_EVENT_ARRAY: a buffer for each CPU. */
export interface PerfEventArray<T> extends AnyMap, Kind<OptionalSize> {
  output(ctx: object, record: Init<T>, flags: number, size?: number): i64;
}
/** BPF_MAP_TYPE_QUEUE: first in, first out. Linux 4.20. */
export interface Queue<V> extends AnyMap, Kind<SizedOptions> {
  push(value: Init<V>, flags?: number): i64;
  pop(target: V): i64;
  peek(target: V): i64;
}
/** BPF_MAP_TYPE_STACK: last in, first out. Linux 4.20. */
export interface Stack<V> extends AnyMap, Kind<SizedOptions> {
  push(value: Init<V>, flags?: number): i64;
  pop(target: V): i64;
  peek(target: V): i64;
}
/** BPF_MAP_TYPE_PROG_ARRAY: targets of tail calls. */
export interface ProgArray<C> extends AnyMap, Kind<ProgramArrayOptions> {
  /** Goes on in another program and does not come back; falls through if the slot is empty. */
  tailCall(ctx: C, index: number): void;
}
/** BPF_MAP_TYPE_STACK_TRACE. */
export interface StackTrace extends AnyMap, Kind<SizedOptions> {}
/** BPF_MAP_TYPE_SOCKHASH. */
export interface SockHash<K> extends AnyMap, Kind<SizedOptions>, Deletable<K> {
  update(ctx: object, key: K, flags?: number): i64;
  redirectMsg(ctx: object, key: K, flags?: number): SkAction;
}
/** BPF_MAP_TYPE_TASK_STORAGE: a value for each task. Linux 5.11. */
export interface TaskStorage<V> extends AnyMap, Kind<OptionalSize> {
  get(owner: object, options?: { readonly create?: boolean }): At<V> | null;
  delete(owner: object): i64;
}
/** BPF_MAP_TYPE_ARRAY_OF_MAPS. */
export interface ArrayOfMaps<M extends AnyMap> extends AnyMap, Kind<OuterOptions> {
  lookup(key: u32): M | null;
}
/** BPF_MAP_TYPE_HASH_OF_MAPS. */
export interface HashOfMaps<K, M extends AnyMap> extends AnyMap, Kind<OuterOptions> {
  lookup(key: K): M | null;
}
/** BPF_MAP_TYPE_DEVMAP: interfaces to redirect to. */
export interface DevMap<V> extends AnyMap, Kind<SizedOptions> {
  redirect(key: u32, flags?: number): XdpAction;
}
