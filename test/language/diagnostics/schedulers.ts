import type { Example, Refused } from "./example.js";

const vmlinux = `// Kernel types, written by tsbpfc vmlinux. Every access is relocated (CO-RE).
import type { i32, ptr, str, u64, u8 } from "@tsbpfc/stdlib";
export interface sched_ext_ops { readonly enqueue: ptr<u8>; readonly dispatch: ptr<u8>; readonly cpu_release: ptr<u8>; readonly init: ptr<u8>; readonly name: str<128>; }
export interface task_struct { readonly pid: i32; readonly scx: sched_ext_entity; }
export interface sched_ext_entity { slice: u64; dsq_vtime: u64; }
`;

/** A scheduler's members, by name, as methods of the same name. */
const scheduler = (members: string, methods: string): string => `
import { program, map, SEC, StructOps, StructOpsCtx, TracingCtx, i32, u64, ptr, SCX_SLICE_DFL, scx_bpf_create_dsq,
  scx_bpf_dsq_insert, scx_bpf_dsq_move_to_local, scx_bpf_reenqueue_local } from "@tsbpfc/stdlib";
import type { sched_ext_ops, task_struct } from "./vmlinux";
@program({ license: "GPL" })
export class Probe {
  @map({ link: true, values: { name: "mine", ${members} } }) scheduler: StructOps<sched_ext_ops>;
${methods}
}
`;
const files = { "vmlinux.d.ts": vmlinux };

/** Programs that are members of a CPU scheduler. */
export const schedulers: readonly Example[] = [
  {
    code: "TSB4045",
    files,
    source: scheduler(
      'enqueue: "enqueue"',
      `  @SEC("struct_ops") enqueue(ctx: StructOpsCtx, p: ptr<task_struct>, flags: u64): void {
    «scx_bpf_dsq_move_to_local»(0, 0);
  }`,
    ),
    says: "scx_bpf_dsq_move_to_local cannot be called in 'enqueue'",
  },
  {
    code: "TSB4046",
    files,
    source: scheduler(
      'enqueue: "enqueue"',
      `  @SEC("struct_ops.s") «enqueue»(ctx: StructOpsCtx, p: ptr<task_struct>, flags: u64): void {}`,
    ),
  },
];

export const refusedSchedulers: readonly Refused[] = [
  {
    name: "a task that is queued by a method which another program of no scheduler calls, too",
    code: "TSB4045",
    files,
    source: scheduler(
      'enqueue: "enqueue"',
      `  @SEC("struct_ops") enqueue(ctx: StructOpsCtx, p: ptr<task_struct>, flags: u64): void { this.queue(p); }
  queue(p: ptr<task_struct>): void { «scx_bpf_dsq_insert»(p, 0, SCX_SLICE_DFL, 0); }
  @SEC("tp_btf/sched_wakeup") woken(ctx: TracingCtx, p: ptr<task_struct>): void { this.queue(p); }`,
    ),
    says: "sched_wakeup",
  },
  {
    name: "a queue that is made where tasks are dispatched",
    code: "TSB4045",
    files,
    source: scheduler(
      'dispatch: "dispatch"',
      `  @SEC("struct_ops") dispatch(ctx: StructOpsCtx, cpu: i32, p: ptr<task_struct> | null): void { «scx_bpf_create_dsq»(0, -1); }`,
    ),
    says: "init_task",
  },
  {
    name: "tasks that are queued again outside cpu_release, before Linux 6.19",
    code: "TSB4045",
    files,
    options: { kernel: "6.18" },
    source: scheduler(
      'dispatch: "dispatch"',
      `  @SEC("struct_ops") dispatch(ctx: StructOpsCtx, cpu: i32, p: ptr<task_struct> | null): void { «scx_bpf_reenqueue_local»(); }`,
    ),
  },
];
