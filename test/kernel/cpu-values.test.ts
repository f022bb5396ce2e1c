import { release } from "node:os";
import { loadCollection, PerCpuArray, PerCpuHashMap } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { map, specOf } from "../../runtime/fixtures/specs.js";
import { u32 } from "../../runtime/src/codecs/index.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";

/** Values of 4 bytes, which the kernel pads to 8 where it gives those of all CPUs. */
const specs = [
  map("hash", { type: "percpu_hash", valueSize: 4 }),
  map("array", { type: "percpu_array", valueSize: 4 }),
];

function load(t: Bench): {
  readonly hash: PerCpuHashMap<number, number>;
  readonly array: PerCpuArray<number>;
} {
  const collection = loadCollection(specOf(specs, []));
  t.defer(() => collection.close());
  const { maps } = collection;
  return {
    hash: new PerCpuHashMap(maps.get("hash")!, u32, u32),
    array: new PerCpuArray(maps.get("array")!, u32),
  };
}

describe("a value of one CPU", () => {
  const isOld = !isAtLeast(release(), "7.0");
  if (isOld)
    kernelTest("an older kernel is told from the release that gives it", {}, (t) => {
      const { hash } = load(t);
      hash.set(1, new Array(hash.cpus).fill(5));
      expect(() => hash.getOnCpu(1, 0)).toThrow(/one for all, needs Linux 7\.0; this is/);
      expect(() => hash.setOnCpu(1, 0, 2)).toThrow(/needs Linux 7\.0/);
      expect(() => hash.setOnAllCpus(1, 2)).toThrow(/needs Linux 7\.0/);
    });
  else
    for (const kind of ["hash", "array"] as const)
      kernelTest(`of a per-CPU ${kind} is set and read by itself`, {}, (t) => {
        const of = load(t)[kind];
        of.setOnAllCpus(3, 7);
        expect(of.get(3)).toEqual(new Array(of.cpus).fill(7));
        const last = of.cpus - 1;
        of.setOnCpu(3, last, 9);
        expect(of.getOnCpu(3, last)).toBe(9);
        expect(of.get(3)).toEqual([...new Array(last).fill(7), 9]);
        of.setOnCpu(4, last, 1);
        expect(of.get(4)).toEqual([...new Array(last).fill(0), 1]);
        expect(of.getOnCpu(5, 0)).toBe(kind === "hash" ? undefined : 0);
        expect(() => of.getOnCpu(3, of.cpus)).toThrow(/There is no such CPU/);
      });
});
