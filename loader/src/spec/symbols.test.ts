import { describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { Instructions } from "../insn/insn.js";
import { parseObject } from "./parse.js";

describe.skipIf(!hasClang)("an object whose symbols are weak, static and in sections of their own", () => {
  const spec = hasClang ? parseObject(compileFixture("scattered")) : null!;
  const references = (program: string) => spec.programs.get(program)!.references;

  it("has weak programs, maps, variables and functions as it has others", () => {
    expect(spec.programs.get("weak_program")).toMatchObject({ type: "sched_cls", autoload: true });
    expect(spec.maps.get("weak_map")).toMatchObject({ type: "array", maxEntries: 2 });
    expect(spec.variables.get("weak_number")).toMatchObject({ section: ".data", size: 4 });
    expect(spec.programs.get("walks")!.functions.map((f) => f.name)).toContain("replaceable");
    expect(references("weak_program")).toContainEqual({
      kind: "map",
      insn: expect.any(Number),
      map: "weak_map",
    });
  });

  it("finds static data by its section and the number that the instruction holds", () => {
    const values = references("weak_program").flatMap((r) => {
      if (r.kind !== "mapValue") return [];
      const { contents } = spec.maps.get(r.map)!;
      return [new DataView(contents!.buffer, contents!.byteOffset).getUint32(r.offset, true)];
    });
    expect(new Set(values)).toEqual(new Set([2, 3]));
  });

  it("has a map for each section of globals, of each kind", () => {
    const kinds = [".data.custom", ".rodata.custom", ".bss.custom"].map((name) => spec.maps.get(name)!);
    expect(kinds.map(({ origin, flags }) => [origin, flags])).toEqual([
      ["data", 0],
      ["rodata", 128],
      ["bss", 0],
    ]);
    expect(spec.variables.get("in_constants")).toMatchObject({ section: ".rodata.custom", constant: true });
  });

  it("takes the addresses of callbacks, in helpers' arguments and in timers", () => {
    for (const [program, callback] of [
      ["walks", "add"],
      ["sets", "fire"],
    ] as const) {
      const { functions, instructions } = spec.programs.get(program)!;
      const target = functions.find((f) => f.name === callback)!.insn;
      const [reference] = references(program).flatMap((r) => (r.kind === "function" ? [r] : []));
      expect(reference).toMatchObject({ target });
      // BPF_PSEUDO_FUNC, and the distance from the next instruction.
      const insns = new Instructions(instructions, "little");
      expect([insns.src(reference!.insn), insns.imm(reference!.insn)]).toEqual([
        4,
        target - reference!.insn - 1,
      ]);
    }
  });
});
