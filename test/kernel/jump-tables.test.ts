import { parseObject } from "@tsbpfc/loader";
import { loadCollection, mapById, mapTypeFeature } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { compileFixture } from "../../runtime/fixtures/compile.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";

const indirectJumps = mapTypeFeature("insn_array")!;

const words = (...numbers: number[]): Uint8Array => new Uint8Array(new Uint32Array(numbers).buffer);

function runs(t: Bench, name: string, inputs: readonly (readonly [number, number])[]): number[] {
  const collection = loadCollection(parseObject(compileFixture("jump-tables")));
  t.defer(() => collection.close());
  const program = collection.programs.get(name)!;
  return inputs.map((input) => program.testRun({ context: words(...input) }).returnValue);
}

describe("a switch in .jumptables", () => {
  kernelTest("jumps where the table says, twice through the same one", { needs: [indirectJumps] }, (t) => {
    const inputs = [
      [0, 0],
      [1, 2],
      [2, 0],
      [3, 0],
      [0, 9],
    ] as const;
    expect(runs(t, "pick", inputs)).toEqual([20, 50, 40, 1, 1]);
  });

  kernelTest("jumps within a subprogram", { needs: [indirectJumps] }, (t) => {
    const inputs = [
      [0, 1],
      [1, 0],
      [5, 1],
    ] as const;
    expect(runs(t, "ask", inputs)).toEqual([10, 1, 20]);
  });

  kernelTest("is one map of the program's", { needs: [indirectJumps] }, (t) => {
    const collection = loadCollection(parseObject(compileFixture("jump-tables")));
    t.defer(() => collection.close());
    const { mapIds } = collection.programs.get("pick")!.info();
    const maps = mapIds.map((id) => {
      const map = mapById(id)!;
      t.defer(() => map.close());
      return map.info();
    });
    expect(maps).toMatchObject([{ type: "insn_array", maxEntries: 3, frozen: true }]);
  });

  if (indirectJumps.probe() === "no")
    kernelTest("a kernel without indirect jumps is told from the release that has them", {}, (t) => {
      expect(() => runs(t, "pick", [])).toThrow(/a jump table of program 'pick'.*Linux 6\.19/);
    });
});
