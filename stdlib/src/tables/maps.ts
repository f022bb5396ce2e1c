/** What the compiler has to know of a map class, beyond its declaration in maps.d.ts. */
export interface MapClass {
  /** `enum bpf_map_type`, include/uapi/linux/bpf.h, and libbpf's name of it. */
  readonly number: number;
  readonly kind: string;
  /** Where the key's type comes from: the class's first type argument, a 32-bit index, nowhere. */
  readonly key: "argument" | "index" | "none";
  /** What the value is: the type argument (after the key), a record that passes through, nothing. */
  readonly value: "argument" | "record" | "none";
  readonly methods: readonly string[];
}

const row = (
  number: number,
  kind: string,
  key: MapClass["key"],
  value: MapClass["value"],
  methods: readonly string[],
): MapClass => ({ number, kind, key, value, methods });

const KEYED = ["lookup", "update", "delete"];

/** By the class's name in the dialect. */
export const mapClasses: Readonly<Record<string, MapClass>> = {
  HashMap: row(1, "hash", "argument", "argument", KEYED),
  ArrayMap: row(2, "array", "index", "argument", ["lookup", "update"]),
  ProgArray: row(3, "prog_array", "index", "none", []),
  PerfEventArray: row(4, "perf_event_array", "none", "record", []),
  PerCpuHashMap: row(5, "percpu_hash", "argument", "argument", KEYED),
  PerCpuArray: row(6, "percpu_array", "index", "argument", ["lookup", "update"]),
  StackTrace: row(7, "stack_trace", "index", "none", []),
  LruHashMap: row(9, "lru_hash", "argument", "argument", KEYED),
  LruPerCpuHashMap: row(10, "lru_percpu_hash", "argument", "argument", KEYED),
  LpmTrie: row(11, "lpm_trie", "argument", "argument", KEYED),
  ArrayOfMaps: row(12, "array_of_maps", "index", "none", []),
  HashOfMaps: row(13, "hash_of_maps", "argument", "none", []),
  DevMap: row(14, "devmap", "index", "argument", []),
  SockHash: row(18, "sockhash", "argument", "none", []),
  Queue: row(22, "queue", "none", "argument", ["push"]),
  Stack: row(23, "stack", "none", "argument", ["push"]),
  RingBuf: row(27, "ringbuf", "none", "record", ["reserve", "submit", "discard", "output"]),
  TaskStorage: row(29, "task_storage", "argument", "argument", []),
};
