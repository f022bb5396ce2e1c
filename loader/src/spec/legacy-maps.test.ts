import { describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { parseElf } from "../elf/elf.js";
import { generateSkeleton } from "../skeleton/generate.js";
import { parseObject } from "./parse.js";

describe.skipIf(!hasClang)("maps of `maps` sections", () => {
  const little = hasClang ? compileFixture("legacy_maps") : new Uint8Array();

  it.each([false, true])("have sizes, entries and flags, static ones too (big-endian: %s)", (big) => {
    const { maps } = parseObject(compileFixture("legacy_maps", { big }));
    expect([...maps.keys()]).toEqual(["counts", "totals", "elsewhere"]);
    const noTypes = { keyType: 0, valueType: 0, origin: "declared", legacyTail: null };
    expect(maps.get("counts")).toMatchObject({
      ...noTypes,
      ...{ type: "hash", keySize: 4, valueSize: 8, maxEntries: 16, flags: 1 },
    });
    expect(maps.get("totals")).toMatchObject({ ...noTypes, type: "array", valueSize: 8, maxEntries: 2 });
  });

  it("keep what other loaders wrote behind it", () => {
    const map = parseObject(little).maps.get("elsewhere")!;
    expect(map).toMatchObject({ type: "percpu_array", keySize: 4, valueSize: 4, maxEntries: 3 });
    expect([...new Uint32Array(map.legacyTail!.slice().buffer)]).toEqual([7, 2, 0, 0]);
  });

  it("are what instructions refer to, in each section", () => {
    const { references } = parseObject(little).programs.get("count")!;
    expect(new Set(references.map((r) => (r.kind === "map" ? r.map : r.kind)))).toEqual(
      new Set(["counts", "totals", "elsewhere"]),
    );
  });

  it("are bytes in a skeleton", () => {
    const { dts } = generateSkeleton(parseObject(little), little, {
      name: "Old",
      source: "old.o",
      embed: true,
    });
    expect(dts).toMatch(/counts: HashMap<Uint8Array, Uint8Array>/);
    expect(dts).toMatch(/totals: ArrayMap<Uint8Array>/);
  });

  /** The object with the 32-bit words of the first map's definition changed. */
  const damaged = (...words: readonly number[]): Uint8Array => {
    const bytes = little.slice();
    const view = new DataView(bytes.buffer);
    const definition = [1, 4, 8, 16, 1];
    for (let at = 0; at + 20 <= bytes.length; at += 4)
      if (definition.every((word, i) => view.getUint32(at + i * 4, true) === word)) {
        for (const [i, word] of words.entries()) view.setUint32(at + i * 4, word, true);
        return bytes;
      }
    throw new Error("the definition is not where it was");
  };

  /** The object with another size in the header of its section `maps`. */
  const resized = (size: number): Uint8Array => {
    const bytes = little.slice();
    const view = new DataView(bytes.buffer);
    // `e_shoff`, and `sh_size` of a header of 64 bytes (elf(5)).
    const headers = Number(view.getBigUint64(40, true));
    view.setBigUint64(headers + parseElf(little).section("maps")!.index * 64 + 32, BigInt(size), true);
    return bytes;
  };

  it("are refused if the type is none, or the symbols do not divide the section", () => {
    expect(() => parseObject(damaged(99))).toThrow(/section maps, map counts: map type 99 is not known/);
    expect(() => parseObject(resized(44))).toThrow(/2 symbols do not divide its 44 bytes evenly/);
  });
});
