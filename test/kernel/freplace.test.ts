import { fentry, type Skeleton, type SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

const before = "class Pair { a: u32; b: u32; }";

const target = declareProbe({
  "probe.bpf.ts": probe(
    `  seen: u64 = 0;
  @SEC("xdp") run(ctx: XdpMd): XdpAction {
    const pair: Pair = { a: 3, b: 4 };
    this.seen = decide(ctx, -2, 0x1_0000_0003, pair) * 10000 + plain(7);
    return XdpAction.PASS;
  }`,
    {
      before: `${before}
export function decide(ctx: XdpMd, n: i32, m: u64, pair: Pair | null): u32 { return pair && ctx.data < ctx.data_end ? u32(m) + pair.a : 1; }
export function plain(n: u32): u32 { return n + 1; }`,
    },
  ),
});

const replacements = declareProbe({
  "probe.bpf.ts": probe(
    `  n: i64 = 0; m: u64 = 0; length: u64 = 0;
  @SEC("freplace/decide") decideOtherwise(ctx: XdpMd, n: i32, m: u64, pair: Pair | null): u32 {
    this.n = n; this.m = m; this.length = u64(ctx.data_end) - ctx.data;
    return pair ? pair.a * 10 + pair.b : 0;
  }
  @SEC("freplace/plain") plainly(n: u32): u32 { return n * 100; }`,
    { before },
  ),
});

type Target = Skeleton<object, { run: SkeletonProgram }, object, { seen: bigint }>;
type Replacements = Skeleton<
  object,
  Record<"decideOtherwise" | "plainly", SkeletonProgram>,
  object,
  { n: bigint; m: bigint; length: bigint }
>;

describe("freplace", () => {
  kernelTest(
    "programs have the parameters of the functions whose place they take",
    { needs: [fentry] },
    async (t) => {
      const { programs, globals } = await t.load<Target>(target);
      const run = (): bigint => {
        expect(programs.run.testRun({ data: new Uint8Array(64) }).returnValue).toBe(2);
        return globals.seen;
      };
      expect(run()).toBe(60008n);
      const { program } = programs.run;
      const others = await t.load<Replacements>(replacements, {
        programs: { decideOtherwise: { target: program }, plainly: { target: program } },
      });
      const links = Object.values(others.programs).map((one) => one.attach());
      expect(run()).toBe(340700n);
      expect(others.globals).toMatchObject({ n: -2n, m: 0x1_0000_0003n, length: 64n });
      for (const link of links) link.close();
      expect(run()).toBe(60008n);
    },
  );
});
