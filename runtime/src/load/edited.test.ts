import { copySpec, Instructions, parseObject } from "@tsbpfc/loader";
import { describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { loadCollection } from "./collection.js";

/** BPF_ALU | BPF_MOV | BPF_K, or of 64 bits: `r0 = 5`. */
const MOV_K = new Set([0xb4, 0xb7]);

describe.skipIf(process.getuid?.() !== 0)("a spec that is edited before load, as root", () => {
  test("has other instructions in one copy, and the object's in the other", () => {
    const spec = parseObject(compileFixture("test-run"));
    const edited = copySpec(spec);
    const insns = new Instructions(edited.programs.get("twice")!.instructions, edited.endian);
    for (let i = 0; i < insns.count; i++)
      if (MOV_K.has(insns.code(i)) && insns.dst(i) === 0 && insns.imm(i) === 5) insns.setImm(i, 6);
    const run = (which: typeof spec): number => {
      using collection = loadCollection(which);
      return collection.programs.get("twice")!.testRun({ context: new Uint8Array(16) }).returnValue;
    };
    expect([run(edited), run(spec)]).toEqual([6, 5]);
  });

  test("has another type of program than its section says", () => {
    const spec = parseObject(compileFixture("test-run"));
    const mark = spec.programs.get("mark")!;
    mark.type = "cgroup_skb";
    mark.expectedAttachType = "cgroup_inet_egress";
    using collection = loadCollection(spec);
    expect(collection.programs.get("mark")!.info().type).toBe("cgroup_skb");
  });
});
