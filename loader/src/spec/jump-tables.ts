import type { ElfFile } from "../elf/elf.js";
import { SpecError } from "./error.js";

const section = ".jumptables";
const entrySize = 8;

/** Targets of an indirect jump (`gotox`). */
export interface JumpTable {
  /** First byte in `.jumptables`. */
  readonly offset: number;
  /** Bytes, each counted from the start of the section whose code jumps. */
  readonly targets: readonly number[];
}

/** An object's jump tables, and the section's index by which relocations name them. */
export interface JumpTables {
  readonly section: number;
  /** The table that a byte of the section is in, and where in it; null if it is in none. */
  readonly at: (offset: number) => { readonly table: JumpTable; readonly within: number } | null;
}

/**
 * Reads `.jumptables`, into which LLVM 22 puts what a `switch` or a computed `goto` jumps to (`-mcpu=v4`), a symbol for
 * each table. Null if the object has none.
 *
 * @throws SpecError SPEC_BAD_RELOCATION for a table that is not whole words within the section, or shares some with another
 */
export function readJumpTables(elf: ElfFile): JumpTables | null {
  const holder = elf.section(section);
  if (holder === null || holder.size === 0) return null;
  const bytes = elf.contents(holder);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = 0;
  const tables = elf.symbols
    .filter((symbol) => symbol.section === holder.index && symbol.size > 0)
    .sort((a, b) => a.value - b.value)
    .map(({ name, value, size }): JumpTable => {
      const isWhole = value % entrySize === 0 && size % entrySize === 0;
      // Tables that share bytes could make much of a small section.
      if (!isWhole || value < end || value + size > bytes.byteLength)
        throw new SpecError(
          "SPEC_BAD_RELOCATION",
          `${name}: the jump table, bytes ${value} to ${value + size}, is not whole words of its own within ${section} (${bytes.byteLength} bytes); build the object again`,
          { section, symbol: name },
        );
      end = value + size;
      const targets = Array.from({ length: size / entrySize }, (_, i) =>
        Number(view.getBigUint64(value + i * entrySize, elf.endian === "little")),
      );
      return { offset: value, targets };
    });
  return {
    section: holder.index,
    at: (offset) => {
      const table = tables.find(
        (each) => offset >= each.offset && offset < each.offset + each.targets.length * entrySize,
      );
      return table === undefined ? null : { table, within: offset - table.offset };
    },
  };
}
