import { describe, expect, it } from "vitest";
import { compileFiles, probe } from "../../support/probe.js";

const before = `
class Buffer { a: array<u8, 272>; }
export function inner(n: u32): u64 { const near = new Buffer(); near.a[n & 255] = 1; return near.a[(n >> 3) & 255]; }
export function outer(n: u32): u64 { const far = new Buffer(); far.a[n & 255] = 2; return inner(n) + far.a[(n >> 3) & 255]; }
export function small(n: u32): u64 { const pad = new Buffer(); pad.a[n & 127] = 1; return pad.a[(n >> 3) & 127]; }`;

const check = (
  section: string,
  context: string,
  call: string,
  options: { kernel?: string } = {},
): readonly string[] =>
  compileFiles(
    {
      "probe.bpf.ts": probe(
        `  sum: u64 = 0;\n  @SEC("${section}") run(ctx: ${context}): i32 { this.sum = ${call}; return 0; }`,
        { before, imports: "PtRegs," },
      ),
    },
    options,
  ).diagnostics.map(({ code, severity, message }) => `${severity} ${code} ${message}`);

describe("the stack of a chain of calls", () => {
  const chain =
    /TSB5001 5\d\d bytes of stack .*: run takes \d+, which calls outer takes 27\d \('far' \(Buffer\) 272\), which calls inner takes 27\d \('near' \(Buffer\) 272\)/;

  it("of more than 512 bytes is an error that lists its functions and their variables", () => {
    expect(check("xdp", "XdpMd", "outer(u32(bpf_ktime_get_ns()))")).toEqual([
      expect.stringMatching(new RegExp(`^error ${chain.source}`)),
    ]);
  });

  it("is a warning where kernels from 6.13 on have a stack for each function, and an error for older ones", () => {
    const found = (options: { kernel?: string }): readonly string[] =>
      check("kprobe/do_nanosleep", "PtRegs", "outer(u32(bpf_ktime_get_ns()))", options);
    expect(found({})).toEqual([expect.stringMatching(new RegExp(`^warning ${chain.source}`))]);
    expect(found({ kernel: "6.12" })).toEqual([expect.stringMatching(new RegExp(`^error ${chain.source}`))]);
  });

  it("counts functions that are called one after the other once", () => {
    expect(check("xdp", "XdpMd", "inner(u32(bpf_ktime_get_ns())) + small(u32(this.sum))")).toEqual([]);
  });
});
