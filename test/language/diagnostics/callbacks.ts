import { probe } from "../../support/probe.js";
import { type Example, inside } from "./example.js";

const call = (statements: string, before = ""): string =>
  inside(statements, before).replace("copy,", "copy, loop, repeat, addr,");

/** TSB403x: arguments after a context, and functions that are handed over. */
export const callbacks: readonly Example[] = [
  {
    code: "TSB4030",
    source: probe('  @SEC("freplace/f") f(ctx: TracingCtx, «a: u32»): i32 { return 0; }', {
      imports: "TracingCtx,",
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
  { code: "TSB4035", source: call("repeat(«ctx.data», (i) => { bpf_ktime_get_ns(); });") },
];
