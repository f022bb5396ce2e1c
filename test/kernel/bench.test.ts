import { rmSync } from "node:fs";
import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { expect } from "vitest";
import { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { Namespace } from "../support/namespace.js";
import { pinFolder } from "../support/pins.js";
import { declareProbe, probe } from "../support/probe-source.js";

const nothing = declareProbe({
  "probe.bpf.ts": probe(`  @map({ maxEntries: 1 }) table: HashMap<u32, u32>;
  @SEC("raw_tp/sched_switch") switched(): i32 { return 0; }`),
});

type Nothing = Skeleton<object, { switched: SkeletonProgram }, object, object>;

const PATIENCE_MS = 100;

// A test that leaves something behind, within one that takes it away.
kernelTest("a test that leaves a program and its map open fails, and says which", {}, async (t) => {
  const skeleton = await t.open<Nothing>(nothing);
  const careless = new Bench(PATIENCE_MS);
  skeleton.load();
  await expect(careless.end()).rejects.toThrow(
    /the test left behind: descriptor \d+ .*map \d+, .*program \d+/,
  );
});

kernelTest("a test that leaves a program pinned fails, although it has closed it", {}, async (t) => {
  const careless = new Bench(PATIENCE_MS);
  const folder = pinFolder(`${t.prefix}-kept`);
  t.defer(() => rmSync(folder, { recursive: true }));
  const skeleton = await careless.load<Nothing>(nothing);
  skeleton.programs.switched.program.pin(`${folder}/program`);
  await expect(careless.end()).rejects.toThrow(/left behind: .*program \d+/);
});

kernelTest("a test that leaves a network namespace fails", {}, async (t) => {
  const careless = new Bench(PATIENCE_MS);
  const forgotten = new Namespace(`${careless.prefix}-forgotten`);
  t.defer(() => forgotten.remove());
  await expect(careless.end()).rejects.toThrow(/left behind: namespace .*forgotten/);
});

kernelTest("everything is taken away although one thing cannot be", {}, async () => {
  const bench = new Bench(PATIENCE_MS);
  const done: string[] = [];
  bench.defer(() => void done.push("first"));
  bench.defer(() => {
    throw new Error("stuck");
  });
  bench.defer(() => void done.push("last"));
  await expect(bench.end()).rejects.toThrow("cleaning up failed: Error: stuck");
  expect(done).toEqual(["last", "first"]);
});
