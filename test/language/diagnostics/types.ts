import { probe } from "../../support/probe.js";
import { type Example, inside, members } from "./example.js";

const BYTES = "class Bytes { bytes: array<u8, 4>; }";

/** 2xxx: types and values. */
export const types: readonly Example[] = [
  {
    code: "TSB2001",
    source: probe(
      '  @map({ maxEntries: 8 }) counts: HashMap<u32, u64>;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    «this.counts.lookup(1)».value += 1;\n    return XdpAction.PASS;\n  }',
    ),
  },
  { code: "TSB2002", source: inside("let ratio = «0.5»;") },
  { code: "TSB2003", source: inside("let x: u8 = «300»;") },
  {
    code: "TSB2004",
    source: inside(
      'const named = new Named();\n    named.comm = «"a text that is too long"»;',
      "class Named { comm: str<16>; }",
    ),
  },
  { code: "TSB2005", source: inside("const x: «any» = ctx.data;") },
  { code: "TSB2006", source: inside("let x: «[u32, u32]» = [1, 2];") },
  { code: "TSB2006", source: inside("new A();", "class A { n: u32; none: array<«void», 4>; }") },
  { code: "TSB2006", source: inside("new A();", "class A { n: u32; none: «void»; }") },
  { code: "TSB2006", source: inside("f(g());", "function g(): void {}\nfunction f(none: «void»): void {}") },
  { code: "TSB2006", source: members("@map({ maxEntries: 1 }) none: «HashMap<u32, void>»;") },
  { code: "TSB2006", source: members("none: «void»;") },
  { code: "TSB2007", source: inside("let x: «number» = 1;") },
  {
    code: "TSB2008",
    source: inside(
      "const a = new A();\n    copy(a.b, «ctx.data»);",
      "class B { n: u32; }\nclass A { b: B; }",
    ),
  },
  {
    code: "TSB2009",
    source: inside("const n: u64 = ctx.data;\n    const m: i32 = 3;\n    let x: u64 = «n / m»;"),
  },
  { code: "TSB2010", source: inside("let x: u64 = «ctx.data << 64»;") },
  { code: "TSB2011", source: inside("const a = new Bytes();\n    a.bytes[«4»] = 1;", BYTES) },
  { code: "TSB2012", source: inside("const a = new Bytes();\n    a.bytes[«ctx.data»] = 1;", BYTES) },
  {
    code: "TSB2013",
    source: probe(
      '  @kconfig("CONFIG_HZ") hz: u32;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    «this.hz» = 100;\n    return XdpAction.PASS;\n  }',
      { imports: "kconfig," },
    ),
  },
  { code: "TSB2014", source: inside("addr(«1»);").replace("copy,", "copy, addr,") },
  {
    code: "TSB2015",
    source: inside("const n: u32 = ctx.«missing»;"),
    says: /Write `data`, `data_end`, .* or `egress_ifindex`\./,
  },
  {
    code: "TSB2016",
    source: inside(
      "const task = cast<ptr<task_struct>>(bpf_get_current_task());\n    const code = task.signal.group_exit_code;",
      'import type { task_struct } from "./vmlinux";',
    ).replace("copy,", "copy, cast, bpf_get_current_task,"),
    files: {
      "vmlinux.d.ts":
        'import type { i32 } from "@tsbpfc/stdlib";\nexport interface signal_struct { group_exit_code: i32 }\nexport interface task_struct { «signal: signal_struct» }\n',
    },
    options: { btf: "/no/such/btf" },
  },
  {
    code: "TSB2017",
    source: inside("const one: u32 = «Kind.One»;", "declare const n: u32;\nenum Kind { One = n }"),
  },
  {
    code: "TSB2018",
    source: members("start: u64 = «bpf_ktime_get_ns()»;"),
  },
  { code: "TSB2019", source: inside("const x = «Bytes»;", BYTES) },
  {
    code: "TSB2044",
    source: inside("const mode: u32 = Mode.«Slowly»;", "enum Mode { FAST, SLOW }"),
    says: /no member 'Slowly'.*Write `SLOW`\./,
  },
  { code: "TSB2020", source: inside("let x: u64 = «ctx.data / 0»;") },
  {
    code: "TSB2021",
    source: inside("make();", "class A { n: u32; }\nfunction make(): A { const a = new A(); return «a»; }"),
  },
  {
    code: "TSB2022",
    source: inside("let n: u64 = 1;\n    atomic.add(«n», 1);").replace("copy,", "copy, atomic,"),
  },
  {
    code: "TSB2025",
    source: inside(
      "const a = new A();\n    const b = new A();\n    [a, b] = [«b», a];".replaceAll("const", "let"),
      "class A { n: u32; }",
    ),
  },
  { code: "TSB2027", source: inside("const n: u64 = «table»[1];", "const table = [1, 2];") },
  { code: "TSB2028", source: inside("const list = «[1, 2, 3]»;") },
  { code: "TSB2026", source: inside("copy(«ctx», ctx);") },
  {
    code: "TSB2023",
    source: inside("const n: u64 = enumValue(«3»);").replace("copy,", "copy, enumValue,"),
  },
  {
    code: "TSB2024",
    source: probe(
      '  seen: u64;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    if (jiffies) this.seen = 1;\n    return XdpAction.PASS;\n  }',
      { before: "declare const jiffies: «u64 | null»;" },
    ),
  },
  {
    code: "TSB2040",
    source: inside("const a = new A();", "@align(«3») class A { n: u32; }").replace("copy,", "copy, align,"),
  },
  {
    code: "TSB2041",
    source: inside("const a = new A();", "class A { n: bits<u8, «9»>; }").replace("copy,", "copy, bits,"),
  },
  { code: "TSB2042", source: inside("const a = new A();", "class A { n: «array<u64, 0x4000_0000>»; }") },
  { code: "TSB2043", source: inside("const a = new A();", "class A { n: array<u64, «-1»>; }") },
];
