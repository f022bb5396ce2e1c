import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HashMap, Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { labKernel } from "../support/needs.js";
import { declareProbe, probe } from "../support/probe-source.js";

/** The total is read, other memory is written, then the total: time for another processor to come between. */
const GROW = `const total = sum.total;
      repeat(64, (i) => { sum.steps[i] += total; });
      sum.total = total + 1;`;
const source = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) sums: HashMap<u32, Sum>;
  @SEC("tc") locked(ctx: SkBuff): i32 {
    const sum = this.sums.lookup(0);
    if (sum) withLock(sum.lock, () => {
      ${GROW}
    });
    return 0;
  }
  @SEC("tc") unlocked(ctx: SkBuff): i32 {
    const sum = this.sums.lookup(0);
    if (sum) {
      ${GROW}
    }
    return 0;
  }`,
    {
      imports: "SpinLock, withLock, repeat,",
      before: "export class Sum { lock: SpinLock; total: u64; steps: array<u64, 64>; }",
    },
  ),
});

interface Sum {
  readonly total: bigint;
  readonly steps: BigUint64Array;
}
type Locks = Skeleton<
  { sums: HashMap<number, Sum> },
  Record<"locked" | "unlocked", SkeletonProgram>,
  object,
  object
>;

const RUNS = 100_000;
const whole = BigInt(2 * RUNS);
/** A busy machine may give its processors one after the other: then nothing is lost without a lock either. */
const ROUNDS = 20;
/** The lab's machines emulate both processors in one thread, in turn: whether one comes between is chance. */
const takesTurns = labKernel !== "host";

describe("a value that two processors change", () => {
  const options = { commands: ["bpftool", "taskset"], timeoutMs: 120_000 };

  kernelTest("loses no change under its lock", options, async (t) => {
    const left = await hammer(t);
    expect(await left("locked")).toBe(whole);
  });

  describe.skipIf(takesTurns)("at the same time", () => {
    kernelTest("loses some changes without it", options, async (t) => {
      const left = await hammer(t);
      let total = whole;
      for (let round = 0; round < ROUNDS && total === whole; round++) total = await left("unlocked");
      expect(total).toBeLessThan(whole);
    });
  });
});

/** What is left after two processes, each on a processor of its own, have run a program. */
async function hammer(t: Bench): Promise<(program: "locked" | "unlocked") => Promise<bigint>> {
  const probe = await t.load<Locks>(source);
  const packet = packetFile(t);
  return async (program) => {
    probe.maps.sums.set(0, { total: 0n, steps: new BigUint64Array(64) });
    const { id } = probe.programs[program].info();
    const run = ["prog", "run", "id", `${id}`, "data_in", packet, "repeat", `${RUNS}`];
    const both = [0, 1].map((cpu) => t.spawn("taskset", ["-c", `${cpu}`, "bpftool", ...run]));
    for (const one of both) expect(await one.exited, one.errors).toBe(0);
    return probe.maps.sums.get(0)?.total ?? 0n;
  };
}

/** What a test run hands to a program, as bpftool reads it. */
function packetFile(t: Bench): string {
  const folder = mkdtempSync(join(tmpdir(), `${t.prefix}-`));
  t.defer(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "packet");
  writeFileSync(path, new Uint8Array(64));
  return path;
}
