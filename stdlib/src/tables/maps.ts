/** How a class of `@tsbpfc/stdlib` becomes a map of the kernel. */
export interface MapClass {
  /** The kernel's name of the kind, as libbpf prints it: `BPF_MAP_TYPE_` left off, in lower case. */
  readonly kind: string;
  /**
   * Where the key's type comes from: the class's first type argument, a 32-bit index, a 32-bit number that the kernel
   * wants declared though no program looks up by it (`fd`), the 64-bit id of a cgroup (Linux 5.9), or nowhere.
   */
  readonly key: "argument" | "index" | "cgroup" | "none";
  /**
   * Where the value's type comes from: a type argument by position, a fixed type, a record that `.maps` does not
   * declare, the map inside, or nowhere.
   */
  readonly value:
    | { readonly kind: "argument" | "record" | "inner"; readonly argument: 0 | 1 }
    | { readonly kind: "fixed"; readonly type: FixedValue }
    | { readonly kind: "none" };
  /** Bytes of a value whose type `.maps` does not declare, where libbpf wants to be told: a file descriptor. */
  readonly valueSize: number | null;
  /** `default-cpus`: the loader fills in the number of CPUs. `bytes`: a power of two, a multiple of the page size. */
  readonly maxEntries: "entries" | "bytes" | "pages" | "default-cpus" | "zero";
  /** `BPF_F_*` bits without which the kernel refuses the map. */
  readonly flags: number;
  /** Options of `@map` beside maxEntries, flags, pinning, numaNode. */
  readonly options: readonly ("inner" | "values" | "extra")[];
  readonly methods: Readonly<Record<string, MapMethod>>;
  /** First Linux release that has the kind. */
  readonly since: string;
}

/** Values that are the kernel's: an integer by its size, a list of instruction addresses. */
export type FixedValue = "u32" | "u64" | "u64[127]";

/** The helpers that a method calls, in order; more than one is a sequence that the compiler writes. */
export type MapMethod = readonly string[];

const BPF_F_NO_PREALLOC = 0x1;
const BPF_F_MMAPABLE = 0x400;

const argument = (argument: 0 | 1) => ({ kind: "argument", argument }) as const;
const record = { kind: "record", argument: 0 } as const;
const none = { kind: "none" } as const;
const fixed = (type: FixedValue) => ({ kind: "fixed", type }) as const;

const keyed = { lookup: ["bpf_map_lookup_elem"], update: ["bpf_map_update_elem"] };
const iterable = { "[Symbol.iterator]": ["bpf_for_each_map_elem"] };
const deletable = {
  delete: ["bpf_map_delete_elem"],
  lookupOrInit: ["bpf_map_lookup_elem", "bpf_map_update_elem", "bpf_map_lookup_elem"],
};
const hashed = { ...keyed, ...deletable, ...iterable };
const perCpu = { lookupOnCpu: ["bpf_map_lookup_percpu_elem"] };
const pushed = { push: ["bpf_map_push_elem"], pop: ["bpf_map_pop_elem"], peek: ["bpf_map_peek_elem"] };
const redirecting = { redirect: ["bpf_redirect_map"] };

type Row = Partial<MapClass> & Pick<MapClass, "kind" | "methods" | "since">;
const row = (given: Row): MapClass => ({
  key: "none",
  value: none,
  valueSize: null,
  maxEntries: "entries",
  flags: 0,
  options: [],
  ...given,
});
const hash = (kind: string, since: string, more: Partial<MapClass> = {}): MapClass =>
  row({ kind, key: "argument", value: argument(1), methods: hashed, since, ...more });
const indexed = (kind: string, since: string, more: Partial<MapClass> = {}): MapClass =>
  row({ kind, key: "index", value: argument(0), methods: { ...keyed, ...iterable }, since, ...more });
const storage = (kind: string, object: string, since: string): MapClass =>
  row({
    kind,
    // The kernel wants a 4-byte key: from Node the owner is named by a file descriptor.
    key: "index",
    value: argument(0),
    maxEntries: "zero",
    flags: BPF_F_NO_PREALLOC,
    methods: { get: [`bpf_${object}_storage_get`], delete: [`bpf_${object}_storage_delete`] },
    since,
  });
const sockets = (kind: string, name: string, since: string): Row => ({
  kind,
  value: fixed("u32"),
  methods: {
    update: [`bpf_sock_${name}_update`],
    delete: ["bpf_map_delete_elem"],
    lookup: ["bpf_map_lookup_elem"],
    redirectMsg: [`bpf_msg_redirect_${name}`],
    redirectSkb: [`bpf_sk_redirect_${name}`],
  },
  since,
});

/** By class name. Kinds of `enum bpf_map_type` (include/uapi/linux/bpf.h). */
export const mapClasses = {
  HashMap: hash("hash", "3.19"),
  LruHashMap: hash("lru_hash", "4.10"),
  PerCpuHashMap: hash("percpu_hash", "4.6", { methods: { ...hashed, ...perCpu } }),
  LruPerCpuHashMap: hash("lru_percpu_hash", "4.10", { methods: { ...hashed, ...perCpu } }),
  ResizableHashMap: hash("rhash", "7.2", { flags: BPF_F_NO_PREALLOC }),
  ArrayMap: indexed("array", "3.19"),
  PerCpuArray: indexed("percpu_array", "4.6", { methods: { ...keyed, ...iterable, ...perCpu } }),
  LpmTrie: hash("lpm_trie", "4.11", { flags: BPF_F_NO_PREALLOC, methods: { ...keyed, ...deletable } }),

  RingBuf: row({
    kind: "ringbuf",
    value: record,
    maxEntries: "bytes",
    methods: {
      reserve: ["bpf_ringbuf_reserve"],
      submit: ["bpf_ringbuf_submit"],
      discard: ["bpf_ringbuf_discard"],
      output: ["bpf_ringbuf_output"],
      query: ["bpf_ringbuf_query"],
      reserveDynptr: ["bpf_ringbuf_reserve_dynptr"],
      submitDynptr: ["bpf_ringbuf_submit_dynptr"],
      discardDynptr: ["bpf_ringbuf_discard_dynptr"],
    },
    since: "5.8",
  }),
  UserRingBuf: row({
    kind: "user_ringbuf",
    value: record,
    maxEntries: "bytes",
    methods: { drain: ["bpf_user_ringbuf_drain"] },
    since: "6.1",
  }),
  PerfEventArray: row({
    kind: "perf_event_array",
    key: "index",
    value: record,
    valueSize: 4,
    maxEntries: "default-cpus",
    methods: { output: ["bpf_perf_event_output"], readValue: ["bpf_perf_event_read_value"] },
    since: "4.3",
  }),
  Queue: row({ kind: "queue", value: argument(0), methods: pushed, since: "4.20" }),
  Stack: row({ kind: "stack", value: argument(0), methods: pushed, since: "4.20" }),
  BloomFilter: row({
    kind: "bloom_filter",
    value: argument(0),
    options: ["extra"],
    methods: { push: pushed.push, peek: pushed.peek },
    since: "5.16",
  }),

  ProgArray: row({
    kind: "prog_array",
    key: "index",
    value: fixed("u32"),
    options: ["values"],
    methods: { tailCall: ["bpf_tail_call"] },
    since: "4.2",
  }),
  StackTrace: row({ kind: "stack_trace", key: "index", value: fixed("u64[127]"), methods: {}, since: "4.6" }),
  CgroupArray: row({
    kind: "cgroup_array",
    key: "index",
    value: fixed("u32"),
    methods: {
      containsCurrent: ["bpf_current_task_under_cgroup"],
      containsSkb: ["bpf_skb_under_cgroup"],
    },
    since: "4.8",
  }),

  ArrayOfMaps: row({
    kind: "array_of_maps",
    key: "index",
    value: { kind: "inner", argument: 0 },
    options: ["inner", "values"],
    methods: { lookup: keyed.lookup },
    since: "4.12",
  }),
  HashOfMaps: row({
    kind: "hash_of_maps",
    key: "argument",
    value: { kind: "inner", argument: 1 },
    options: ["inner", "values"],
    methods: { lookup: keyed.lookup },
    since: "4.12",
  }),

  TaskStorage: storage("task_storage", "task", "5.11"),
  InodeStorage: storage("inode_storage", "inode", "5.10"),
  SkStorage: storage("sk_storage", "sk", "5.2"),
  CgroupStorage: storage("cgrp_storage", "cgrp", "6.2"),
  AttachedCgroupStorage: attachedStorage("cgroup_storage", "4.19"),
  PerCpuAttachedCgroupStorage: attachedStorage("percpu_cgroup_storage", "4.20"),

  DevMap: indexed("devmap", "4.14", { methods: { ...redirecting, lookup: keyed.lookup } }),
  DevMapHash: indexed("devmap_hash", "5.4", { methods: { ...redirecting, lookup: keyed.lookup } }),
  CpuMap: indexed("cpumap", "4.15", { methods: { ...redirecting, lookup: keyed.lookup } }),
  XskMap: row({
    kind: "xskmap",
    key: "index",
    value: fixed("u32"),
    methods: { ...redirecting, lookup: keyed.lookup },
    since: "4.18",
  }),
  SockMap: row({ ...sockets("sockmap", "map", "4.14"), key: "index" }),
  SockHash: row({ ...sockets("sockhash", "hash", "4.18"), key: "argument" }),
  ReuseportSockArray: row({
    kind: "reuseport_sockarray",
    key: "index",
    value: fixed("u64"),
    methods: { select: ["bpf_sk_select_reuseport"] },
    since: "4.19",
  }),

  Arena: row({
    kind: "arena",
    maxEntries: "pages",
    flags: BPF_F_MMAPABLE,
    options: ["extra"],
    // Kernel functions, which are no helpers.
    methods: { alloc: [], free: [] },
    since: "6.9",
  }),
  StructOps: row({
    kind: "struct_ops",
    key: "index",
    value: argument(0),
    maxEntries: "zero",
    options: ["values"],
    methods: {},
    since: "5.6",
  }),
  InsnArray: row({ kind: "insn_array", key: "index", value: fixed("u64"), methods: {}, since: "6.19" }),
} as const satisfies Readonly<Record<string, MapClass>>;

function attachedStorage(kind: string, since: string): MapClass {
  return row({
    kind,
    key: "cgroup",
    value: argument(0),
    maxEntries: "zero",
    methods: { local: ["bpf_get_local_storage"] },
    since,
  });
}
