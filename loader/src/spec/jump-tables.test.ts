import { describe, expect, it } from "vitest";
import { compileFixture } from "../../../runtime/fixtures/compile.js";
import { parseElf } from "../elf/elf.js";
import { copySpec } from "./copy.js";
import { parseObject } from "./parse.js";
import type { CollectionSpec } from "./spec.js";

const tablesOf = (spec: CollectionSpec, program: string) =>
  spec.programs
    .get(program)!
    .references.flatMap((each) => (each.kind === "jumpTable" ? [[each.insn, ...each.targets]] : []));

describe(".jumptables", () => {
  const object = compileFixture("jump-tables");

  it("gives a jump its targets, as instructions of the program", () => {
    const spec = parseObject(object);
    // Counted from the section's start there, of which `pick` is not the first function.
    expect(tablesOf(spec, "pick")).toEqual([
      [5, 10, 12, 14],
      [20, 10, 12, 14],
    ]);
    expect(tablesOf(copySpec(spec), "pick")).toEqual(tablesOf(spec, "pick"));
  });

  it("moves a subprogram's targets with it", () => {
    expect(tablesOf(parseObject(object), "ask")).toEqual([[11, 16, 18]]);
  });

  it("refuses a table that leads out of its function", () => {
    const damaged = Uint8Array.from(object);
    // The first table's first word, by its value.
    const words = new DataView(damaged.buffer);
    const at = [...damaged.keys()].find(
      (i) =>
        i + 24 <= damaged.length &&
        i % 8 === 0 &&
        [0x60n, 0x70n, 0x80n].every((word, j) => words.getBigUint64(i + j * 8, true) === word),
    )!;
    words.setBigUint64(at, 0x8n, true);
    expect(() => parseObject(damaged)).toThrow(/pick: instruction 5: jumps to byte 8 of the section/);
  });

  it("refuses tables that share bytes, which could make much of a small object", () => {
    const elf = parseElf(object);
    const { index: holder } = elf.section(".jumptables")!;
    const [first, second] = elf.symbols.filter(({ section, size }) => section === holder && size > 0);
    const damaged = Uint8Array.from(object);
    const { offset, entrySize } = elf.section(".symtab")!;
    const value = 8; // st_value in Elf64_Sym
    new DataView(damaged.buffer).setBigUint64(
      offset + second!.index * entrySize + value,
      BigInt(first!.value),
      true,
    );
    expect(() => parseObject(damaged)).toThrow(/is not whole words of its own/);
  });
});
