import { readKernelBtf } from "@tsbpfc/loader";
import type { Feature, Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, type ProbeSource, probe } from "../support/probe-source.js";
import { until } from "../support/until.js";

type Loaded = Skeleton<
  object,
  Record<"start", SkeletonProgram>,
  object,
  { runs: bigint; total: bigint; key: number; codes: bigint }
>;

const files = {
  "probe.bpf.ts": probe(
    `  runs: u64 = 0; total: u64 = 0; key: u32 = 0; codes: i64 = 0;
  @map({ maxEntries: 4 }) jobs: ArrayMap<Job>;
  @SEC("tc") start(ctx: SkBuff): i32 {
    const job = this.jobs.lookup(2);
    if (!job) return 1;
    job.amount = 40;
    this.codes |= job.work.init(this.jobs);
    this.codes |= job.work.setCallback((map, key: pointer<u32>, { amount, added }: Job) => {
      this.runs += 1;
      this.key = key.value;
      this.total += amount + added;
      return 0;
    });
    job.added = 2;
    this.codes |= job.work.start();
    return 0;
  }`,
    {
      before: "class Job { work: WorkQueue; amount: u64; added: u32; }",
      imports: "ArrayMap, WorkQueue, ptr as pointer,",
    },
  ),
};

const workQueues: Feature = {
  name: "work queues",
  since: "6.10",
  probe: () => (readKernelBtf().find("bpf_wq_init", ["func"]).length > 0 ? "yes" : "no"),
};

async function runsOnce(t: Bench, source: ProbeSource): Promise<void> {
  const { programs, globals } = await t.load<Loaded>(source);
  expect(programs.start.testRun({ data: new Uint8Array(64) }).returnValue).toBe(0);
  expect(globals.codes).toBe(0n);
  await until(() => globals.runs === 1n);
  expect({ key: globals.key, total: globals.total }).toEqual({ key: 2, total: 42n });
}

describe("a work queue", () => {
  const ofThisKernel = declareProbe(files);
  kernelTest("runs its callback once for each start, with key and value", {}, (t) =>
    runsOnce(t, ofThisKernel),
  );

  // Linux 7.0 has bpf_wq_set_callback in place of bpf_wq_set_callback_impl.
  const ofOlder = declareProbe(files, { kernel: "6.10" });
  kernelTest("of an object for Linux 6.10 runs on this kernel as well", { needs: [workQueues] }, (t) =>
    runsOnce(t, ofOlder),
  );
});
