import { release } from "node:os";
import {
  type Feature,
  type HashMap,
  programStreams,
  type Skeleton,
  type SkeletonProgram,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";

type Streams = Skeleton<
  Record<string, HashMap<number, number>>,
  Record<"greet", SkeletonProgram>,
  object,
  object
>;

function load(t: Bench): Streams {
  const probe = fixtureSkeleton<Streams>("streams").open();
  t.defer(() => probe.close());
  return probe.load();
}

const greet = (probe: Streams, number: number): number =>
  probe.programs.greet.testRun({ context: new Uint8Array([number, 0, 0, 0]) }).returnValue;

const printing: Feature = {
  name: "printing to streams",
  since: "6.17",
  probe: () => {
    const probe = fixtureSkeleton<Streams>("streams").open().load();
    try {
      return greet(probe, 0) === 0 ? "yes" : "no";
    } finally {
      probe.close();
    }
  },
};

describe("what a program prints", () => {
  kernelTest("is read once, each stream by itself", { needs: [programStreams, printing] }, (t) => {
    const probe = load(t);
    const { program } = probe.programs.greet;
    expect(program.readStream("stdout")).toBe("");
    expect([greet(probe, 7), greet(probe, 8)]).toEqual([0, 0]);
    expect(program.readStream("stdout")).toBe("hello 7\nhello 8\n");
    expect(program.readStream("stdout")).toBe("");
    expect(program.readStream("stderr")).toBe("alas\nalas\n");
  });

  if (!isAtLeast(release(), "6.17"))
    kernelTest("an older kernel is told from the release that has streams", {}, (t) => {
      const { program } = load(t).programs.greet;
      expect(() => program.readStream("stdout")).toThrow(/needs Linux 6\.17; this is/);
    });
});
