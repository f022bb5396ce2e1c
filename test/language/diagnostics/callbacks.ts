import { probe } from "../../support/probe.js";
import { type Example, inside } from "./example.js";

const call = (statements: string, before = ""): string =>
  inside(statements, before).replace("copy,", "copy, loop, repeat, addr,");

/** TSB403x: arguments after a context, and functions that are handed over. */
export const callbacks: readonly Example[] = [
  {
    code: "TSB4030",
    source: probe('  @SEC("freplace/f") f(ctx: XdpMd, «pair: Pair»): i32 { return 0; }', {
      before: "class Pair { a: u32; b: u32; }",
    }),
  },
  {
    code: "TSB4031",
    source: probe('  @SEC("kretprobe/x") f(ctx: PtRegs, ret: u64, «n: u64»): i32 { return 0; }', {
      imports: "PtRegs,",
    }),
  },
  { code: "TSB4032", source: call("loop(4, «step»);", "function step(i: u32): void {}") },
  { code: "TSB4033", source: call("for (const x of «ctx») { }") },
  {
    code: "TSB4039",
    source: probe(
      '  @arena «first»: u64 = 1;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction { this.first = 2; return XdpAction.PASS; }',
      { imports: "arena," },
    ),
  },
  {
    code: "TSB4038",
    source: probe(
      '  @map({ maxEntries: 4 }) counts: HashMap<u32, u64>;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    for («const entry» of this.counts) { }\n    return XdpAction.PASS;\n  }',
    ),
  },
  { code: "TSB4035", source: call("repeat(«ctx.data», (i) => { bpf_ktime_get_ns(); });") },
  {
    code: "TSB2030",
    source: probe(
      `  @SEC("kprobe/x") f(ctx: PtRegs, task: task_struct): i32 {
    let current: task_struct = bpf_get_current_task_btf<task_struct>();
    current = «task»;
    return current.pid;
  }`,
      {
        imports: "PtRegs, bpf_get_current_task_btf,",
        before: 'import type { task_struct } from "./vmlinux";',
      },
    ),
  },
  {
    code: "TSB4034",
    source: probe(
      `  @map({ maxEntries: 1 }) slots: ArrayMap<Slot>;
  @SEC("tc") run(ctx: SkBuff): i32 {
    const n = ctx.len;
    const slot = this.slots.lookup(0);
    if (slot) slot.timer.setCallback(«(map, key, value) => { value.n = n; return 0; }»);
    return 0;
  }`,
      { before: "class Slot { timer: Timer; n: u32; }", imports: "ArrayMap, Timer," },
    ),
  },
  {
    code: "TSB4036",
    source: probe(
      '  @SEC("tp_btf/sched_process_wait") f(ctx: TracingCtx, pid: u64, «more: u64»): i32 { return i32(more); }',
      { imports: "TracingCtx," },
    ),
  },
  {
    code: "TSB4037",
    source: probe(
      '  @SEC("tp_btf/sched_process_exit") f(ctx: TracingCtx, «task: u32»): i32 { return i32(task); }',
      { imports: "TracingCtx," },
    ),
  },
];
