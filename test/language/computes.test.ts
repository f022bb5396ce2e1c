import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

const U = (n: bigint): bigint => BigInt.asUintN(64, n);
const S = (n: bigint): bigint => BigInt.asIntN(64, n);
const truth = (b: boolean): bigint => (b ? 1n : 0n);

/** An expression of the dialect, the type that it goes to, and what it is in exact integers (dialect page, section 3). */
interface Case {
  readonly text: string;
  readonly type: "u64" | "i64" | "u32" | "u8" | "i16";
  readonly value: (v: Values) => bigint;
}
interface Values {
  readonly a: bigint; // u64
  readonly b: bigint; // u64
  readonly s: bigint; // i64
  readonly t: bigint; // i64
  readonly w: bigint; // u32
  readonly n: bigint; // i32
}

const one = (text: string, type: Case["type"], value: Case["value"]): Case => ({ text, type, value });
const cases: readonly Case[] = [
  one("a + b", "u64", ({ a, b }) => U(a + b)),
  one("a - b", "u64", ({ a, b }) => U(a - b)),
  one("a * b", "u64", ({ a, b }) => U(a * b)),
  one("a / b", "u64", ({ a, b }) => (b === 0n ? 0n : a / b)),
  one("a % b", "u64", ({ a, b }) => (b === 0n ? a : a % b)),
  one("s / t", "i64", ({ s, t }) => (t === 0n ? 0n : S(s / t))),
  one("s % t", "i64", ({ s, t }) => (t === 0n ? s : S(s % t))),
  one("n / 3", "i64", ({ n }) => n / 3n),
  one("n % 7", "i64", ({ n }) => n % 7n),
  one("w / 200", "u32", ({ w }) => w / 200n),
  one("w * w", "u64", ({ w }) => U(w * w)),
  one("w - n", "i64", ({ w, n }) => w - n),
  one("a + s", "u64", ({ a, s }) => U(a + s)),
  one("s - t", "i64", ({ s, t }) => S(s - t)),
  one("-s", "i64", ({ s }) => S(-s)),
  one("~a", "u64", ({ a }) => U(~a)),
  one("a & b | w", "u64", ({ a, b, w }) => (a & b) | w),
  one("a ^ s", "u64", ({ a, s }) => U(a ^ s)),
  one("a << 3", "u64", ({ a }) => U(a << 3n)),
  one("a << b", "u64", ({ a, b }) => U(a << (b & 63n))),
  one("a >> b", "u64", ({ a, b }) => a >> (b & 63n)),
  one("s >> 5", "i64", ({ s }) => s >> 5n),
  one("s >> b", "i64", ({ s, b }) => s >> (b & 63n)),
  one("s >>> 1", "u64", ({ s }) => U(s) >> 1n),
  one("n >> 2", "i64", ({ n }) => n >> 2n),
  one("u8(a)", "u64", ({ a }) => a & 0xffn),
  one("i32(a)", "i64", ({ a }) => BigInt.asIntN(32, a)),
  one("i8(w)", "i64", ({ w }) => BigInt.asIntN(8, w)),
  one("a + w", "u32", ({ a, w }) => BigInt.asUintN(32, a + w)),
  one("w * 3", "u8", ({ w }) => BigInt.asUintN(8, w * 3n)),
  one("n * 5", "i16", ({ n }) => BigInt.asIntN(16, n * 5n)),
  one("a < b ? 1 : 0", "u64", ({ a, b }) => truth(a < b)),
  one("s < t ? 1 : 0", "u64", ({ s, t }) => truth(s < t)),
  one("a < s ? 1 : 0", "u64", ({ a, s }) => truth(a < s)),
  one("s >= a ? 1 : 0", "u64", ({ a, s }) => truth(s >= a)),
  one("a === s ? 1 : 0", "u64", ({ a, s }) => truth(a === s)),
  one("a !== n ? 1 : 0", "u64", ({ a, n }) => truth(a !== n)),
  one("n < w ? 1 : 0", "u64", ({ n, w }) => truth(n < w)),
  one("w > -1 ? 1 : 0", "u64", () => 1n),
  one("a > -1 ? 1 : 0", "u64", () => 1n),
  one("a && w ? 1 : 0", "u64", ({ a, w }) => truth(a !== 0n && w !== 0n)),
  one("!s || n > 3 ? 7 : 9", "u64", ({ s, n }) => (s === 0n || n > 3n ? 7n : 9n)),
  one("log2(a)", "u64", ({ a }) => (a === 0n ? 0n : BigInt(a.toString(2).length - 1))),
  one("ntohs(be16(w))", "u64", ({ w }) => ((w & 0xffn) << 8n) | ((w >> 8n) & 0xffn)),
];

const edges: readonly Values[] = [
  { a: 0n, b: 0n, s: 0n, t: 0n, w: 0n, n: 0n },
  { a: 1n, b: 63n, s: -1n, t: 1n, w: 1n, n: -1n },
  { a: U(-1n), b: U(-1n), s: -(1n << 63n), t: -1n, w: 0xffff_ffffn, n: -(1n << 31n) },
  { a: 1n << 63n, b: 64n, s: (1n << 63n) - 1n, t: -7n, w: 0x8000_0000n, n: 0x7fff_ffffn },
  { a: 12345678901234567890n, b: 3n, s: -1234567890123456789n, t: 1000n, w: 40000n, n: -30001n },
  { a: 0xffff_ffffn, b: 0x1_0000_0000n, s: 5n, t: 0n, w: 255n, n: 5n },
];

const source = probe(
  `  a: u64 = 0; b: u64 = 0; s: i64 = 0; t: i64 = 0; w: u32 = 0; n: i32 = 0;
${cases.map((c, i) => `  r${i}: ${c.type} = 0;`).join("\n")}
  @SEC("xdp") run(ctx: XdpMd): XdpAction {
    const a = this.a; const b = this.b; const s = this.s; const t = this.t; const w = this.w; const n = this.n;
${cases.map((c, i) => `    this.r${i} = ${c.text};`).join("\n")}
    return XdpAction.PASS;
  }`,
  { imports: "log2, ntohs," },
);

type Computing = Skeleton<object, Record<"run", SkeletonProgram>, object, Record<string, number | bigint>>;

describe("expressions", () => {
  for (const cpu of ["v1", "v2", "v3", "v4"] as const) {
    const declared = declareProbe({ "probe.bpf.ts": source }, { cpu });
    kernelTest(`on ${cpu} each is what exact integers give`, {}, async (t) => {
      const { globals, programs } = await t.load<Computing>(declared);
      for (const values of edges) {
        for (const name of ["a", "b", "s", "t"] as const) globals[name] = values[name];
        for (const name of ["w", "n"] as const) globals[name] = Number(values[name]);
        expect(programs.run.testRun({ data: new Uint8Array(64) }).returnValue).toBe(2);
        const given = Object.entries(values).map(([name, value]) => `${name}=${value}`);
        const actual = cases.map((c, i) => `${c.text} = ${globals[`r${i}`]} for ${given}`);
        expect(actual).toEqual(cases.map((c) => `${c.text} = ${c.value(values)} for ${given}`));
      }
    });
  }
});
