import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { probe } from "../support/probe-source.js";
import { run as command } from "../support/root.js";

describe("bit-fields", () => {
  computing(
    "globals start with their bit-fields set, beside their neighbours",
    probe(
      `  flags: Flags = { urgent: 1, level: 5, signed: -2, rest: 0x1ff, after: 7 };
  urgent: u32 = 0; level: u32 = 0; low: i32 = 0; rest: u32 = 0; after: u32 = 0;
  @SEC("xdp") run(ctx: XdpMd): XdpAction {
    this.urgent = this.flags.urgent;
    this.level = this.flags.level;
    this.low = this.flags.signed;
    this.rest = this.flags.rest;
    this.after = this.flags.after;
    return XdpAction.PASS;
  }`,
      {
        imports: "bits,",
        before:
          "export class Flags { urgent: bits<u32, 1>; level: bits<u32, 3>; signed: bits<i32, 4>; rest: bits<u32, 9>; after: u16; }",
      },
    ),
    async (computed) => {
      expect(await computed()).toMatchObject({ urgent: 1, level: 5, low: -2, rest: 0x1ff, after: 7 });
    },
  );

  computing(
    "bit-fields of a task are read, by the helper and directly",
    probe(
      `  probed: u32 = 9; direct: u32 = 9; size: u64 = 0;
  @SEC("raw_tp/sched_switch") run(ctx: RawTracepoint): i32 {
    const task = bpf_get_current_task<task_struct>();
    this.probed = task.sched_reset_on_fork;
    this.direct = bpf_get_current_task_btf<task_struct>().sched_reset_on_fork;
    this.size = fieldSize(task.sched_reset_on_fork);
    return 0;
  }`,
      {
        imports: "RawTracepoint, fieldSize, bpf_get_current_task, bpf_get_current_task_btf,",
        before: `import type { task_struct } from "./vmlinux";`,
      },
    ),
    async (computed) => {
      const read = () => computed({ data: null, context: new Uint8Array(24) });
      expect(await read()).toMatchObject({ probed: 0, direct: 0 });
      command("chrt", "--reset-on-fork", "--other", "--pid", "0", `${process.pid}`);
      try {
        expect(await read()).toMatchObject({ probed: 1, direct: 1 });
      } finally {
        command("chrt", "--other", "--pid", "0", `${process.pid}`);
      }
    },
    { commands: ["chrt"] },
  );
});
