// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of probes hold templates of their own
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

const run = (globals: string, body: string, { imports = "", before = "" } = {}): string =>
  probe(`${globals}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`, {
    imports: `printk, seqPrintf, snprintf, ${imports}`,
    before,
  });

/** A trace buffer of one's own: what `printk` writes while `body` runs, by its lines. */
async function traced(body: () => Promise<unknown>): Promise<string[]> {
  const instance = `/sys/kernel/tracing/instances/tsbpfc-${process.pid}`;
  mkdirSync(instance);
  try {
    writeFileSync(`${instance}/events/bpf_trace/bpf_trace_printk/enable`, "1");
    await body();
    const lines = readFileSync(`${instance}/trace`, "utf8").split("\n");
    return lines.map((line) => /bpf_trace_printk: (.*)$/.exec(line)?.[1] ?? "").filter((l) => l !== "");
  } finally {
    rmdirSync(instance);
  }
}

const values = `  a: u8 = 200; b: i8 = -7; c: u32 = 0xffff_fff0; d: i32 = -70000; e: u64 = 0xffff_ffff_ffff_fff0; f: i64 = -5000000000;
  yes: boolean = true; no: boolean = false; name: str<8> = "probe"; mode: Mode = Mode.Full; written: i64 = 0; text: str<128>; small: str<8>;`;
const before = "export enum Mode { Off, Full = 4 }";

/** An iterator over tasks. */
interface Iterating extends Skeleton<object, Record<"tasks", SkeletonProgram>, { pid: number }, object> {
  readonly programs: {
    readonly tasks: SkeletonProgram & { attach(): { output(): { bytes(): Uint8Array } } };
  };
}

describe("printing", () => {
  computing(
    "snprintf prints each type as it is, and gives the text's length",
    run(
      values,
      "    const half = 50;\n    this.written = snprintf(this.text, `${this.a} ${this.b} ${this.c} ${this.d} ${this.e} ${this.f} ${this.yes} ${this.no} <${this.name}> ${this.mode} ${half}% ${'ok'}`);\n    snprintf(this.small, `0123456789`);",
      { before },
    ),
    async (computed) => {
      const text = "200 -7 4294967280 -70000 18446744073709551600 -5000000000 true false <probe> 4 50% ok";
      expect(await computed()).toMatchObject({
        text,
        written: BigInt(text.length + 1),
        small: "0123456",
      });
    },
  );

  computing(
    "a format of one's own takes widths, hexadecimal and addresses",
    run(
      `${values} address: be32 = 0; n: u64 = 0;`,
      `    this.address = htonl(0x7f00_0001);
    this.written = snprintf(this.text, "%5d|%-5u|%05x|%llx|%c|%s|%pI4|100%%", this.b, this.a, this.c & 0xff, this.e, 65, this.name, this.address);`,
      { before, imports: "htonl," },
    ),
    async (computed) => {
      expect((await computed()).text).toBe("   -7|200  |000f0|fffffffffffffff0|A|probe|127.0.0.1|100%");
    },
  );

  const tag = "tsbpfc's own";
  computing(
    "printk writes lines to the trace buffer, with any number of values",
    run(
      values,
      `    printk("${tag} plain 100%");
    printk(\`${tag} \${this.a} \${this.d} \${this.name}\`);
    printk(\`${tag} \${this.a} \${this.b} \${this.c} \${this.d} \${this.e}\`);
    printk("${tag} %x", this.a);`,
      { before },
    ),
    async (computed) => {
      const lines = await traced(computed);
      expect(lines.filter((l) => l.startsWith(tag))).toEqual([
        `${tag} plain 100%`,
        `${tag} 200 -70000 probe`,
        `${tag} 200 -7 4294967280 -70000 18446744073709551600`,
        `${tag} c8`,
      ]);
    },
  );

  const tasks = declareProbe({
    "probe.bpf.ts": probe(
      `  readonly pid: i32 = 0;
  @SEC("iter/task") tasks(ctx: IterTask): i32 {
    const task = ctx.task;
    if (!task) return 0;
    if (task.tgid !== this.pid || task.pid !== this.pid) return 0;
    seqPrintf(ctx.meta.seq, \`\${task.pid} \${task.comm}\\n\`);
    return 0;
  }`,
      { imports: "IterTask, seqPrintf," },
    ),
  });
  kernelTest("seqPrintf writes an iterator's output", {}, async (t) => {
    const { programs } = await t.load<Iterating>(tasks, { rodata: { pid: process.pid } });
    const text = Buffer.from(programs.tasks.attach().output().bytes()).toString();
    expect(text).toBe(`${process.pid} ${readFileSync(`/proc/${process.pid}/comm`, "utf8")}`);
  });
});
