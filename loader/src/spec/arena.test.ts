import { describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { generateSkeleton } from "../skeleton/generate.js";
import { parseObject } from "./parse.js";

describe.skipIf(!hasClang)("globals of an arena", () => {
  const object = hasClang ? compileFixture("arena") : new Uint8Array();
  const spec = hasClang ? parseObject(object) : null!;

  it("are the first values of the object's arena", () => {
    const memory = spec.maps.get("memory")!;
    expect(memory).toMatchObject({ type: "arena", maxEntries: 4, extra: 1n << 44n, origin: "declared" });
    expect(spec.btf!.name(memory.sectionType)).toBe(".addr_space.1");
    expect([...new Int32Array(memory.contents!.slice(0, 12).buffer)]).toEqual([1, 2, 3]);
    expect([...spec.maps.keys()]).toEqual(["memory", ".bss"]);
  });

  it("are variables in the arena, but for static ones", () => {
    expect([...spec.variables.values()].map(({ name, section }) => [name, section]).sort()).toEqual([
      ["numbers", "memory"],
      ["queue", ".bss"],
      ["spare", "memory"],
      ["zero", "memory"],
    ]);
    expect(spec.variables.get("numbers")).toMatchObject({ offset: 0, size: 12, constant: false });
  });

  it("are places in the arena to instructions, static ones and the arena itself too", () => {
    const { references } = spec.programs.get("use")!;
    const shown = references.map((r) => (r.kind === "mapValue" ? r.offset : r.kind));
    const own = spec.maps.get("memory")!.contents!.indexOf(9);
    expect(references.every((r) => "map" in r && r.map === "memory")).toBe(true);
    expect(shown).toContain("map");
    expect(shown).toContain(own);
  });

  it("have types in a skeleton, and so have the structs that their pointers lead to", () => {
    const { dts } = generateSkeleton(spec, object, { name: "Lists", source: "x.o", embed: true });
    expect(dts).toMatch(/memory: Arena;/);
    expect(dts).toMatch(/queue: bigint;/);
    for (const name of ["list", "item"])
      expect(dts).toContain(`export declare const ${name}: Codec<${name}>`);
  });

  it("want one arena", () => {
    const parse = (macro: string) => () => parseObject(compileFixture("arena", { define: [macro] }));
    expect(parse("NO_ARENA")).toThrow(/global variables in an arena and 0 arenas/);
    expect(parse("TWO_ARENAS")).toThrow(/and 2 arenas/);
  });
});
