import { probe } from "../../../support/probe.js";
import { inside, members, type Refused } from "../example.js";

/** Indexes that nothing bounds, although something near them looks as if it did. */
const indexes = [
  ["bounded by one too few", "const i = this.n; if (i <= 4) this.table[«i»] = 1;"],
  ["bounded only on one way", "let i = this.n; if (ctx.data > 5) { if (i > 3) i = 3; } this.table[«i»] = 1;"],
  ["changed after its comparison", "let i = this.n; if (i < 4) { i += 1; this.table[«i»] = 1; }"],
  ["changed by a closure", "let i = this.n; if (i < 4) { loop(3, () => { i += 1; }); this.table[«i»] = 1; }"],
  ["of a loop that counts on", "let i: u32 = 0; while (i < this.n) { this.table[«i»] = 1; i += 1; }"],
  ["that may be below zero", "const i: i32 = i32(this.n); if (i < 4) this.table[«i»] = 1;"],
  [
    "of a variable whose address is known",
    "let i = this.n; const p = addr(i); if (i < 4) { p.value = 9; this.table[«i»] = 1; }",
  ],
  ["of a global that nothing was compared with", "this.table[«this.n»] = 1;"],
  [
    "of a global that a call may have changed since",
    "if (this.n < 4) { bpf_ktime_get_ns(); this.table[«this.n»] = 1; }",
  ],
  [
    "of a variable that the index itself changes",
    "let i = this.n; if (i < 4) this.table[«i + (i = 0)»] = 1;",
  ],
  ["of a range that is too long", "for (const i of range(0, 5)) this.table[«i»] = 1;"],
] as const;

const atomics = (statements: string): string =>
  probe(
    `  a: u64 = 0; b: u16 = 0; readonly c: u32 = 0;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    ${statements}\n    return XdpAction.PASS;\n  }`,
    { imports: "atomic, packed,", before: "@packed class Wire { kind: u8; id: u32; }" },
  );

export const numbers: readonly Refused[] = [
  { name: "a negative literal for an unsigned type", code: "TSB2003", source: inside("let x: u32 = «-1»;") },
  {
    name: "a constant beyond 64 bits in arithmetic",
    code: "TSB2003",
    source: inside("const n: u64 = ctx.data;\n    let x: u64 = «n + 0xffff_ffff_ffff_ffff * 2»;"),
  },
  {
    name: "a bit-field's first value that its bits cannot hold",
    code: "TSB2003",
    source: members("flags: Flags = { level: «8» };", "bits,").replace(
      "@program",
      "export class Flags { level: bits<u32, 3>; }\n@program",
    ),
    says: "8 does not fit bits<u32, 3>.",
  },
  ...indexes.map(([name, statements]) => ({
    name: `an index ${name}`,
    code: "TSB2012",
    source: probe(
      `  n: u32 = 0; table: array<u32, 4>;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    ${statements}\n    return XdpAction.PASS;\n  }`,
      { imports: "addr, loop, range," },
    ),
  })),
  {
    name: "the order of texts",
    code: "TSB2008",
    source: inside('const a: str<4> = "a"; const b: str<4> = "b";\n    if («a < b») ctx.data;'),
  },
  { name: "an atomic operation on 16 bits", code: "TSB2022", source: atomics("atomic.add(«this.b», 1);") },
  {
    name: "an atomic operation on a local array, wherever in it",
    code: "TSB2022",
    source: atomics(
      "const near: array<u64, 4> = [0, 0, 0, 0]; for (const i of range(0, 4)) atomic.add(«near[i & 3]», 1); this.b = u16(near[0]);",
    ).replace("atomic,", "atomic, range,"),
  },
  {
    name: "an atomic operation on a readonly global",
    code: "TSB2022",
    source: atomics("atomic.or(«this.c», 1);"),
  },
  {
    name: "an atomic operation on an unaligned field",
    code: "TSB2022",
    source: atomics("const wire = new Wire();\n    atomic.add(«wire.id», 1);"),
  },
  {
    name: "an atomic operation on a context",
    code: "TSB2022",
    source: atomics("atomic.add(«ctx.rx_queue_index», 1);"),
  },
  {
    name: "the result of an atomic addition on v2",
    code: "TSB5005",
    source: atomics("this.b = u16(«atomic.add(this.a, 1)»);"),
    options: { cpu: "v2" },
  },
  {
    name: "an atomic exchange on v2, its result unused",
    code: "TSB5005",
    source: atomics("«atomic.exchange(this.a, 1)»;"),
    options: { cpu: "v2" },
  },
];
