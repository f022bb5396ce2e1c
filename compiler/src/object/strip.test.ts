import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ElfFile, readElf } from "./elf.js";
import { stripDebug } from "./strip.js";

const available = (program: string) => spawnSync(program, ["--version"]).status === 0;

/** What relocations of a section refer to, by name: their numbers differ between strippers. */
function relocations(elf: ElfFile, name: string): string[] {
  const section = elf.sections.find((candidate) => candidate.name === name)!;
  const view = new DataView(section.bytes.buffer, section.bytes.byteOffset, section.bytes.byteLength);
  return Array.from({ length: section.size / 16 }, (_, i) => {
    const symbol = elf.symbols[view.getUint32(i * 16 + 12, true)]!;
    const target = symbol.name === "" ? elf.sections[symbol.section]!.name : symbol.name;
    return `${view.getBigUint64(i * 16, true)} ${view.getUint32(i * 16 + 8, true)} ${target}`;
  });
}

describe.skipIf(!available("clang-19") || !available("llvm-strip-19"))(
  "stripDebug on an object of clang's",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "tsbpfc-strip-"));
    const path = (name: string) => join(folder, name);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    let stripped: Uint8Array;
    let ours: ElfFile;
    let theirs: ElfFile;
    beforeAll(() => {
      const source = fileURLToPath(new URL("../../fixtures/twin.c", import.meta.url));
      execFileSync("clang-19", [
        "-g",
        "-O2",
        "-target",
        "bpf",
        "-mcpu=v3",
        "-c",
        source,
        "-o",
        path("clang.o"),
      ]);
      execFileSync("llvm-strip-19", ["-g", path("clang.o"), "-o", path("llvm.o")]);
      stripped = stripDebug(readFileSync(path("clang.o")));
      writeFileSync(path("ours.o"), stripped);
      ours = readElf(stripped);
      theirs = readElf(readFileSync(path("llvm.o")));
    });

    it("keeps the sections that llvm-strip -g keeps, with the same bytes", () => {
      const kept = (elf: ElfFile) =>
        elf.sections
          .filter(({ name }) => name !== ".llvm_addrsig")
          .map(({ name, type, flags, size, alignment, entrySize }) =>
            // String tables are laid out anew: only their presence is compared.
            [name, type, flags, name === ".strtab" ? 0 : size, alignment, entrySize],
          );
      expect(kept(ours)).toEqual(kept(theirs));
      for (const section of ours.sections.filter(({ type }) => type === 1)) {
        const twin = theirs.sections.find(({ name }) => name === section.name)!;
        expect(Buffer.compare(section.bytes, twin.bytes)).toBe(0);
      }
    });

    it("keeps the same symbols, locals first", () => {
      const names = (elf: ElfFile) =>
        elf.symbols.map((s) => [s.name, s.binding, s.type, s.value, s.size, elf.sections[s.section]?.name]);
      expect(names(ours)).toEqual(names(theirs));
      const table = ours.sections.find(({ name }) => name === ".symtab")!;
      expect(table.info).toBe(ours.symbols.findIndex(({ binding }) => binding !== 0));
    });

    it("keeps relocations pointing at what they pointed at", () => {
      for (const { name } of theirs.sections.filter(({ type }) => type === 9)) {
        expect(relocations(ours, name)).toEqual(relocations(theirs, name));
      }
    });

    it("gives the same bytes again, of its own result too", () => {
      expect(Buffer.compare(stripDebug(stripped), stripped)).toBe(0);
    });

    it.skipIf(!available("bpftool"))("leaves BTF that libbpf reads", () => {
      const dump = execFileSync("bpftool", ["btf", "dump", "file", path("ours.o")], { encoding: "utf8" });
      expect(dump).toContain("FUNC 'on_getppid'");
    });
  },
);

it("refuses what is not an object", () => {
  expect(() => stripDebug(new TextEncoder().encode("not an object"))).toThrow(/not an ELF64/);
});
