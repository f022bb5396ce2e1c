import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { BtfError } from "../btf/error.js";
import { SpecError } from "../spec/error.js";
import { parseObject } from "../spec/parse.js";
import { parseElf } from "./elf.js";
import { ElfError } from "./error.js";

const code = (bytes: Uint8Array): string => {
  try {
    parseElf(bytes);
    return "none";
  } catch (error) {
    return error instanceof ElfError ? error.code : "other";
  }
};

describe("a file that is no BPF object", () => {
  const header = (...bytes: [number, number][]): Uint8Array => {
    const file = new Uint8Array(64);
    file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    file[16] = 1;
    file[18] = 247;
    for (const [at, value] of bytes) file[at] = value;
    return file;
  };

  it.each([
    ["empty", new Uint8Array(0), "ELF_EMPTY"],
    ["text", new TextEncoder().encode("#include <linux/bpf.h>"), "ELF_NOT_ELF"],
    ["cut off in the header", header().subarray(0, 30), "ELF_TRUNCATED"],
    ["32-bit", header([4, 1]), "ELF_NOT_64_BIT"],
    ["of no known byte order", header([5, 3]), "ELF_BAD_HEADER"],
    ["for x86-64", header([18, 62]), "ELF_NOT_BPF"],
    ["an executable", header([16, 2]), "ELF_NOT_OBJECT"],
  ])("is told apart: %s", (_, bytes, expected) => {
    expect(code(bytes)).toBe(expected);
  });

  it("is taken for one without a machine, as old compilers wrote it", () => {
    expect(code(header([18, 0]))).toBe("none");
  });

  it("gets a message that says what to do", () => {
    expect(() => parseElf(new Uint8Array(0))).toThrow(/empty.*[Bb]uild it again/);
    expect(() => parseElf(header([18, 62]))).toThrow(/--target=bpf/);
  });
});

describe.skipIf(!hasClang)("an object of clang's", () => {
  const bytes = hasClang ? compileFixture("programs") : null!;

  const hasReadelf = spawnSync("llvm-readelf-19", ["--version"]).status === 0;
  it.skipIf(!hasReadelf)("has the sections, symbols and relocations that llvm-readelf shows", () => {
    const folder = mkdtempSync(join(tmpdir(), "tsbpfc-readelf-"));
    try {
      writeFileSync(join(folder, "x.o"), bytes);
      const args = ["--elf-output-style=JSON", "-S", "-s", "-r", join(folder, "x.o")];
      const { stdout } = spawnSync("llvm-readelf-19", args, { encoding: "utf8", maxBuffer: 1 << 26 });
      const elf = parseElf(bytes);
      const [shown] = JSON.parse(stdout) as [Shown];
      expect(elf.sections.map((s) => [s.name, s.type, s.offset, s.size, s.link, s.info])).toEqual(
        shown.Sections.map(({ Section: s }) => [s.Name.Name, s.Type.Value, s.Offset, s.Size, s.Link, s.Info]),
      );
      expect(elf.symbols.map((s) => [s.value, s.size, s.binding, s.type])).toEqual(
        shown.Symbols.map(({ Symbol: s }) => [s.Value, s.Size, s.Binding.Value, s.Type.Value]),
      );
      const relocations = shown.Relocations.flatMap((r) =>
        r.Relocs.map(({ Relocation: x }) => [x.Offset, x.Type.Value]),
      );
      const read = elf.sections.flatMap((s) => elf.relocations(s)).map((r) => [r.offset, r.type]);
      expect(read.sort()).toEqual(relocations.sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("cut off anywhere is an error that is typed", () => {
    for (let length = 0; length < bytes.length; length += 97) {
      expect(() => parseObject(bytes.subarray(0, length))).toThrow(ElfError);
    }
  });

  it.each(["programs", "maps", "externs", "struct_ops", "core"])(
    "%s with bytes changed is a spec or a typed error, soon",
    (name) => {
      const good = compileFixture(name);
      const change = fc.tuple(
        fc.nat(good.length - 1),
        fc.constantFrom(0, 1, 2, 4, 8, 16, 127, 128, 255),
        fc.boolean(),
      );
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
          const mutated = good.slice();
          for (const [at, value, flip] of changes) mutated[at] = flip ? mutated[at]! ^ value : value;
          const start = performance.now();
          try {
            parseObject(mutated);
          } catch (error) {
            const typed =
              error instanceof ElfError || error instanceof BtfError || error instanceof SpecError;
            if (!typed) throw error;
          }
          expect(performance.now() - start).toBeLessThan(2000);
        }),
        { numRuns: 1500 },
      );
    },
  );
});

/** What of llvm-readelf's JSON the test looks at. */
interface Shown {
  readonly Sections: readonly {
    readonly Section: {
      readonly Name: { readonly Name: string };
      readonly Type: { readonly Value: number };
      readonly Offset: number;
      readonly Size: number;
      readonly Link: number;
      readonly Info: number;
    };
  }[];
  readonly Symbols: readonly {
    readonly Symbol: {
      readonly Value: number;
      readonly Size: number;
      readonly Binding: { readonly Value: number };
      readonly Type: { readonly Value: number };
    };
  }[];
  readonly Relocations: readonly {
    readonly Relocs: readonly {
      readonly Relocation: { readonly Offset: number; readonly Type: { readonly Value: number } };
    }[];
  }[];
}
