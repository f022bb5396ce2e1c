import type * as runtime from "@tsbpfc/runtime";

export interface Key {
  id: number;
}
export interface Value {
  count: bigint;
  bytes: bigint;
}
export interface Event {
  readonly time: bigint;
  readonly pid: number;
  readonly first: bigint;
  readonly comm: string;
}
interface Maps {
  readonly table: runtime.HashMap<Key, Value>;
  readonly shared: runtime.ArrayMap<Value>;
  readonly each_cpu: runtime.PerCpuArray<Value>;
  readonly ring: runtime.RingBuf<Event>;
  readonly live: runtime.RingBuf<Event>;
  readonly counts: runtime.ArrayMap<bigint>;
}
interface Programs {
  readonly fill: runtime.SkeletonProgram;
  readonly send: runtime.SkeletonProgram;
}

/** What `objects.bpf.c` makes, loaded. */
export type Live = runtime.Skeleton<Maps, Programs, object, object>;
