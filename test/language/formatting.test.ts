// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources of probes hold templates of their own
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { computed } from "../support/computed.js";
import { build, compileFiles, probe } from "../support/probe.js";
import { isRoot } from "../support/root.js";

const run = (globals: string, body: string, { imports = "", before = "" } = {}): string =>
  probe(`${globals}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`, {
    imports: `printk, seqPrintf, snprintf, ${imports}`,
    before,
  });

/** A trace buffer of one's own: what `printk` writes while `body` runs, by its lines. */
async function traced(body: () => Promise<void>): Promise<string[]> {
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

describe.skipIf(!isRoot)("in the kernel", () => {
  it("snprintf prints each type as it is, and gives the text's length", async () => {
    const source = run(
      values,
      "    const half = 50;\n    this.written = snprintf(this.text, `${this.a} ${this.b} ${this.c} ${this.d} ${this.e} ${this.f} ${this.yes} ${this.no} <${this.name}> ${this.mode} ${half}% ${'ok'}`);\n    snprintf(this.small, `0123456789`);",
      { before },
    );
    const text = "200 -7 4294967280 -70000 18446744073709551600 -5000000000 true false <probe> 4 50% ok";
    expect(await computed(source)).toMatchObject({
      text,
      written: BigInt(text.length + 1),
      small: "0123456",
    });
  });

  it("a format of one's own takes widths, hexadecimal and addresses", async () => {
    const source = run(
      `${values} address: be32 = 0; n: u64 = 0;`,
      `    this.address = htonl(0x7f00_0001);
    this.written = snprintf(this.text, "%5d|%-5u|%05x|%llx|%c|%s|%pI4|100%%", this.b, this.a, this.c & 0xff, this.e, 65, this.name, this.address);`,
      { before, imports: "htonl," },
    );
    expect((await computed(source)).text).toBe("   -7|200  |000f0|fffffffffffffff0|A|probe|127.0.0.1|100%");
  });

  it("printk writes lines to the trace buffer, with any number of values", async () => {
    const tag = `tsbpfc-${process.pid}`;
    const source = run(
      values,
      `    printk("${tag} plain 100%");
    printk(\`${tag} \${this.a} \${this.d} \${this.name}\`);
    printk(\`${tag} \${this.a} \${this.b} \${this.c} \${this.d} \${this.e}\`);
    printk("${tag} %x", this.a);`,
      { before },
    );
    const lines = await traced(async () => {
      await computed(source);
    });
    expect(lines.filter((l) => l.startsWith(tag))).toEqual([
      `${tag} plain 100%`,
      `${tag} 200 -70000 probe`,
      `${tag} 200 -7 4294967280 -70000 18446744073709551600`,
      `${tag} c8`,
    ]);
  });

  it("seqPrintf writes an iterator's output", async () => {
    const built = build({
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
    try {
      interface Iterating {
        load(): Iterating;
        programs: { tasks: { attach(): { output(): { bytes(): Uint8Array } } } };
        close(): void;
      }
      const { Probe } = (await import(built.skeleton)) as {
        Probe: { open(options: object): Iterating };
      };
      const loaded = Probe.open({ rodata: { pid: process.pid } }).load();
      try {
        const text = Buffer.from(loaded.programs.tasks.attach().output().bytes()).toString();
        expect(text).toBe(`${process.pid} ${readFileSync(`/proc/${process.pid}/comm`, "utf8")}`);
      } finally {
        loaded.close();
      }
    } finally {
      built.remove();
    }
  });
});

const many = Array.from({ length: 13 }, () => "${this.a}").join("");
const mistakes: readonly (readonly [string, string, string, string, string?])[] = [
  ["a struct", "TSB4010", "event", "    const event = new Event();\n    printk(`${event}`);"],
  ["a text that is not ASCII", "TSB4011", "`é", "    printk(`é${this.a}`);"],
  ["thirteen values", "TSB4012", "printk", `    printk(\`${many}\`);`],
  ["a format that is no literal", "TSB4013", "this.name", "    printk(this.name, this.a);"],
  ["a conversion that the kernel lacks", "TSB4014", '"%n"', '    printk("%n", this.a);'],
  ["too few values", "TSB4015", '"%d %d"', '    printk("%d %d", this.a);'],
  ["a number as a text", "TSB4016", "this.a", '    printk("%s", this.a);'],
  [
    "four values before Linux 5.16",
    "TSB5004",
    "printk",
    "    printk(`${this.a}${this.b}${this.c}${this.d}`);",
    "5.15",
  ],
  ["a target that is no text", "TSB4005", "this.a", "    snprintf(cast<ptr<u8>>(addr(this.a)), `x`);"],
];

describe("the compiler refuses to print", () => {
  it.each(mistakes)("%s: %s", (_, code = "", at = "", body = "", kernel) => {
    const source = run(values, body, {
      before: `${before}\nclass Event { a: u32; }`,
      imports: "cast, addr,",
    });
    const { diagnostics, output } = compileFiles(
      { "probe.bpf.ts": source },
      kernel === undefined ? {} : { kernel },
    );
    const [only, ...rest] = diagnostics;
    expect([only?.code, rest, output]).toEqual([code, [], null]);
    const line = source.split("\n")[(only?.span.line ?? 0) - 1] ?? "";
    if (code !== "TSB4005") expect(line.slice((only?.span.column ?? 0) - 1).startsWith(at)).toBe(true);
  });
});
