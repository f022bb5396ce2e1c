import { describe, expect, it } from "vitest";
import { compileFiles, probe } from "../support/probe.js";

const filter = (body: string, before = ""): string =>
  probe(
    `  @map({ maxEntries: 8 }) counts: HashMap<u32, u64>;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`,
    {
      before,
      imports: "kconfig, repeat, PtRegs, ProgArray, SkAction,",
    },
  );

/** What the dialect has or TypeScript has, and this compiler does not compile: always an error, never other code. */
const refused: readonly (readonly [string, string, string])[] = [
  ["a literal that its type cannot hold", "TSB2003", filter("    let x: u8 = 300;")],
  ["a negative literal for an unsigned type", "TSB2003", filter("    let x: u32 = -1;")],
  [
    "a constant beyond 64 bits in arithmetic",
    "TSB2003",
    filter("    const n: u64 = ctx.data;\n    let x: u64 = n + 0xffff_ffff_ffff_ffff * 2;"),
  ],
  ["a shift by 64", "TSB2010", filter("    let x: u64 = ctx.data << 64;")],
  ["a division by zero", "TSB2020", filter("    let x: u64 = ctx.data / 0;")],
  [
    "u64 divided by what may be negative",
    "TSB2009",
    filter("    const n: u64 = ctx.data;\n    const m: i32 = 3;\n    let x: u64 = n / m;"),
  ],
  [
    "a constant index outside its array",
    "TSB2011",
    filter("    const a = new A();\n    a.bytes[4] = 1;", "class A { bytes: array<u8, 4>; }"),
  ],
  [
    "an index that nothing bounds",
    "TSB2012",
    filter("    const a = new A();\n    a.bytes[ctx.data] = 1;", "class A { bytes: array<u8, 4>; }"),
  ],
  ...[
    ["bounded by one too few", "const i = this.n; if (i <= 4) this.table[i] = 1;"],
    ["bounded only on one way", "let i = this.n; if (ctx.data > 5) { if (i > 3) i = 3; } this.table[i] = 1;"],
    ["changed after its comparison", "let i = this.n; if (i < 4) { i += 1; this.table[i] = 1; }"],
    ["changed by a closure", "let i = this.n; if (i < 4) { loop(3, () => { i += 1; }); this.table[i] = 1; }"],
    ["of a loop that counts on", "let i: u32 = 0; while (this.n > 3) { this.table[i] = 1; i += 1; }"],
    ["that may be below zero", "const i: i32 = i32(this.n); if (i < 4) this.table[i] = 1;"],
    [
      "of a variable whose address is known",
      "let i = this.n; const p = addr(i); if (i < 4) { p.value = 9; this.table[i] = 1; }",
    ],
    ["of a global, which may change meanwhile", "if (this.n < 4) this.table[this.n] = 1;"],
    ["of a range that is too long", "for (const i of range(0, 5)) this.table[i] = 1;"],
  ].map(
    ([name, body]) =>
      [
        `an index ${name}`,
        "TSB2012",
        probe(
          `  n: u32 = 0; table: array<u32, 4>;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    ${body}\n    return XdpAction.PASS;\n  }`,
          { imports: "addr, loop, range," },
        ),
      ] as const,
  ),
  [
    "a timer's callback that uses a variable around it",
    "TSB4034",
    probe(
      `  @map({ maxEntries: 1 }) slots: ArrayMap<Slot>;
  @SEC("tc") run(ctx: SkBuff): i32 {
    const n = ctx.len;
    const slot = this.slots.lookup(0);
    if (slot) slot.timer.setCallback((map, key, value) => { value.n = n; return 0; });
    return 0;
  }`,
      { before: "class Slot { timer: Timer; n: u32; }", imports: "ArrayMap, Timer," },
    ),
  ],
  [
    "an argument that is no address in the kernel's own declaration",
    "TSB4037",
    probe(`  @SEC("tp_btf/sched_process_exit") f(ctx: TracingCtx, task: u32): i32 { return i32(task); }`, {
      imports: "TracingCtx,",
    }),
  ],
  [
    "more arguments than the tracepoint has",
    "TSB4036",
    probe(
      `  @SEC("tp_btf/sched_process_wait") f(ctx: TracingCtx, pid: u64, more: u64): i32 { return i32(more); }`,
      { imports: "TracingCtx," },
    ),
  ],
  ["a loop without an end", "TSB3007", filter("    while (true) { this.counts.delete(1); }")],
  ["recursion", "TSB3005", filter("    again(1);", "function again(n: u32): u32 { return again(n); }")],
  ["a variable of the module", "TSB3006", filter("", "let state: u32 = 0;")],
  ["what only Node has", "TSB3009", filter('    console.log("x");')],
  ["a number without a width", "TSB2007", filter("    let x: number = 1;")],
  ["an optional parameter", "TSB3001", filter("    one(1);", "function one(n?: u32): u32 { return 1; }")],
  [
    "a class that extends another",
    "TSB3001",
    filter("", "class A { a: u32; }\nclass B extends A { b: u32; }"),
  ],
  ["throw", "TSB3004", filter("    throw 1;")],
  [
    "a global without a type",
    "TSB1005",
    probe(`  count = 0;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction { return XdpAction.PASS; }`),
  ],
  [
    "a map without @map",
    "TSB4003",
    probe(
      `  counts: HashMap<u32, u64>;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction { return XdpAction.PASS; }`,
    ),
  ],
  ["no program class", "TSB1001", "export const x = 1;"],
  [
    "a section that libbpf does not know",
    "TSB1007",
    probe(`  @SEC("xpd") filter(ctx: XdpMd): XdpAction { return XdpAction.PASS; }`),
  ],
  [
    "a second argument of a function that returns",
    "TSB4031",
    probe(`  @SEC("kretprobe/x") f(ctx: PtRegs, ret: u64, n: u64): i32 { return 0; }`, {
      imports: "PtRegs,",
    }),
  ],
  [
    "an object that is kept while the next is made",
    "TSB2021",
    filter(
      "    let kept = new A();\n    for (let i = 0; i < 3; i++) { const one = new A(); kept = one; }\n    kept.bytes[0] = 1;",
      "class A { bytes: array<u8, 4>; }",
    ),
  ],
  [
    "an object that is returned",
    "TSB2021",
    filter("    make();", "class A { n: u32; }\nfunction make(): A { const a = new A(); return a; }"),
  ],
  ["a loop over a map without its keys", "TSB4038", filter("    for (const entry of this.counts) { }")],
  [
    "a count of repeat() that is known only at run time",
    "TSB4035",
    filter("    repeat(ctx.data, (i) => { this.counts.delete(i); });"),
  ],
];

describe("the compiler refuses, with one error,", () => {
  it.each(refused)("%s: %s", (_, code, source) => {
    const { diagnostics, output } = compileFiles({ "probe.bpf.ts": source });
    expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([
      expect.stringMatching(new RegExp(`^${code} `)),
    ]);
    expect(diagnostics[0]?.reason && diagnostics[0]?.remedy).not.toBe("");
    expect(output).toBeNull();
  });
});
