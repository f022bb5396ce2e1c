import {
  elfMachine,
  elfType,
  sectionFlag,
  sectionIndex,
  sectionType,
  symbolVisibility,
} from "./constants.js";
import { ElfError } from "./error.js";
import { ElfView } from "./view.js";

const headerSize = 64;
const sectionHeaderSize = 64;
const symbolSize = 24;

/** A section header (`Elf64_Shdr`), field by field, with its name. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  /** `sh_name`, `sh_type`, … as they stand in the file. */
  readonly nameOffset: number;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
}

/** A symbol (`Elf64_Sym`). */
export interface ElfSymbol {
  readonly index: number;
  readonly name: string;
  readonly nameOffset: number;
  /** Bytes from the start of its section, in relocatable files. */
  readonly value: number;
  readonly size: number;
  /** `STB_*`, `STT_*` and `STV_*`: see constants.ts. */
  readonly binding: number;
  readonly type: number;
  readonly visibility: number;
  /** `st_shndx`, with `SHN_XINDEX` resolved; may be a special value such as 0 (undefined). */
  readonly section: number;
}

/** Not to be seen from outside its linked object: `__hidden`. */
export const isHidden = ({ visibility }: ElfSymbol): boolean =>
  visibility === symbolVisibility.hidden || visibility === symbolVisibility.internal;

/** A relocation (`Elf64_Rel`, `Elf64_Rela`). */
export interface ElfRelocation {
  /** Byte of the target section. */
  readonly offset: number;
  /** `R_BPF_*`. */
  readonly type: number;
  readonly symbol: ElfSymbol;
  /** null: the addend stands in the section itself (REL), as in all BPF objects. */
  readonly addend: bigint | null;
}

export interface ElfOptions {
  /** Take an ELF file of any machine and type, such as an uncompressed vmlinux; default: BPF objects only. */
  readonly anyMachine?: boolean;
}

/** An ELF64 file, of either byte order. Everything that is read from it is checked against its bounds. */
export class ElfFile {
  readonly bytes: Uint8Array;
  readonly endian: "little" | "big";
  /** `e_type`, `e_machine`, `e_flags`. */
  readonly type: number;
  readonly machine: number;
  readonly flags: number;
  /** By index; the first is the null section. */
  readonly sections: readonly ElfSection[];
  /** Index of the section that holds the sections' names. */
  readonly nameSection: number;
  readonly #view: ElfView;
  #symbols: readonly ElfSymbol[] | null = null;

  /** @throws ElfError */
  constructor(bytes: Uint8Array, options: ElfOptions = {}) {
    this.bytes = bytes;
    this.#view = openView(bytes);
    this.endian = this.#view.little ? "little" : "big";
    this.type = this.#view.u16(16);
    this.machine = this.#view.u16(18);
    this.flags = this.#view.u32(48);
    if (options.anyMachine !== true) checkBpf(this.machine, this.type);
    const table = sectionTable(this.#view);
    this.nameSection = table.names;
    this.sections = readSections(this.#view, table);
  }

  /** The first section of this name; null if there is none. */
  section(name: string): ElfSection | null {
    return this.sections.find((section) => section.name === name) ?? null;
  }

  /** A section's bytes, not a copy; empty for `.bss` and its like. @throws ElfError ELF_COMPRESSED */
  contents(section: ElfSection): Uint8Array {
    if (section.type === sectionType.nobits || section.type === sectionType.null) return new Uint8Array(0);
    if ((section.flags & sectionFlag.compressed) !== 0) {
      throw new ElfError(
        "ELF_COMPRESSED",
        `section ${section.name} is compressed; build the object without -gz, or run objcopy --decompress-debug-sections`,
        { section: section.name, offset: section.offset },
      );
    }
    return this.bytes.subarray(section.offset, section.offset + section.size);
  }

  /** All symbols; read on first use. @throws ElfError ELF_BAD_SYMBOL, ELF_BAD_STRING */
  get symbols(): readonly ElfSymbol[] {
    this.#symbols ??= this.#readSymbols();
    return this.#symbols;
  }

  /** Relocation sections (`SHT_REL`, `SHT_RELA`) that apply to `target`. */
  relocationSections(target: ElfSection): ElfSection[] {
    return this.sections.filter((section) => isRelocations(section) && section.info === target.index);
  }

  /**
   * Relocations of the section `target`, by ascending offset.
   *
   * @throws ElfError ELF_BAD_RELOCATION, ELF_BAD_SYMBOL
   */
  relocations(target: ElfSection): ElfRelocation[] {
    const all = this.relocationSections(target).flatMap((section) => this.#readRelocations(section, target));
    return all.sort((a, b) => a.offset - b.offset);
  }

  #readSymbols(): ElfSymbol[] {
    const table = this.sections.find((section) => section.type === sectionType.symtab);
    if (table === undefined) return [];
    const where = { section: table.name, offset: table.offset };
    const strings = this.sections[table.link];
    if (strings === undefined || strings.type !== sectionType.strtab) {
      throw new ElfError("ELF_BAD_SYMBOL", "the symbol table names no string table", where);
    }
    if (table.size % symbolSize !== 0) {
      throw new ElfError(
        "ELF_BAD_SYMBOL",
        `the symbol table's ${table.size} bytes are not whole symbols`,
        where,
      );
    }
    const extended = this.sections.find(
      (section) => section.type === sectionType.symtabShndx && section.link === table.index,
    );
    return Array.from({ length: table.size / symbolSize }, (_, index) => {
      const at = table.offset + index * symbolSize;
      const nameOffset = this.#view.u32(at);
      const info = this.#view.u8(at + 4);
      const raw = this.#view.u16(at + 6);
      return {
        index,
        name: this.#view.string(strings, nameOffset),
        nameOffset,
        value: this.#view.u64(at + 8),
        size: this.#view.u64(at + 16),
        binding: info >> 4,
        type: info & 0xf,
        visibility: this.#view.u8(at + 5) & 3,
        section: raw === sectionIndex.extended ? this.#extendedIndex(extended, index) : raw,
      };
    });
  }

  #extendedIndex(table: ElfSection | undefined, symbol: number): number {
    if (table === undefined || symbol * 4 + 4 > table.size) {
      throw new ElfError(
        "ELF_BAD_SYMBOL",
        `symbol ${symbol} wants an extended section index that is not there`,
      );
    }
    return this.#view.u32(table.offset + symbol * 4);
  }

  #readRelocations(section: ElfSection, target: ElfSection): ElfRelocation[] {
    const explicit = section.type === sectionType.rela;
    const size = explicit ? 24 : 16;
    const where = { section: section.name, offset: section.offset };
    if (section.size % size !== 0) {
      throw new ElfError("ELF_BAD_RELOCATION", `${section.size} bytes are not whole relocations`, where);
    }
    const symbols = this.symbols;
    return Array.from({ length: section.size / size }, (_, index) => {
      const at = section.offset + index * size;
      const offset = this.#view.u64(at);
      const type = this.#view.u32(at + (this.#view.little ? 8 : 12));
      const symbolIndex = this.#view.u32(at + (this.#view.little ? 12 : 8));
      const symbol = symbols[symbolIndex];
      if (symbol === undefined) {
        throw new ElfError(
          "ELF_BAD_RELOCATION",
          `relocation ${index} of ${section.name} names symbol ${symbolIndex} of ${symbols.length}`,
          { section: section.name, offset: at },
        );
      }
      if (offset >= target.size) {
        throw new ElfError(
          "ELF_BAD_RELOCATION",
          `relocation ${index} of ${section.name} is at byte ${offset}, outside ${target.name} (${target.size} bytes)`,
          { section: section.name, offset: at },
        );
      }
      return { offset, type, symbol, addend: explicit ? this.#view.i64(at + 16) : null };
    });
  }
}

/** Reads a BPF object (or, with `anyMachine`, any ELF64 file). @throws ElfError */
export function parseElf(bytes: Uint8Array, options?: ElfOptions): ElfFile {
  // A Buffer's slice() shares its memory where an Uint8Array's copies: what is cut out here is changed later.
  return new ElfFile(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), options);
}

export function isRelocations(section: ElfSection): boolean {
  return section.type === sectionType.rel || section.type === sectionType.rela;
}

function openView(bytes: Uint8Array): ElfView {
  if (bytes.byteLength === 0) {
    throw new ElfError("ELF_EMPTY", "the file is empty; was the compiler interrupted? Build it again");
  }
  if (bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46) {
    throw new ElfError("ELF_NOT_ELF", "this is not an ELF file; give a BPF object (*.bpf.o)");
  }
  if (bytes.byteLength < headerSize) {
    throw new ElfError(
      "ELF_TRUNCATED",
      `the file ends within the ELF header, after ${bytes.byteLength} bytes; copy or build it again`,
    );
  }
  if (bytes[4] !== 2) {
    throw new ElfError("ELF_NOT_64_BIT", "this is not a 64-bit ELF file; BPF objects are", { offset: 4 });
  }
  if (bytes[5] !== 1 && bytes[5] !== 2) {
    throw new ElfError("ELF_BAD_HEADER", `byte order ${bytes[5]} is not known`, { offset: 5 });
  }
  return new ElfView(bytes, bytes[5] === 1);
}

function checkBpf(machine: number, type: number): void {
  if (machine !== elfMachine.bpf && machine !== elfMachine.none) {
    throw new ElfError(
      "ELF_NOT_BPF",
      `this ELF file is for machine ${machine}, not BPF (247); compile with --target=bpf`,
      { offset: 18 },
    );
  }
  if (type !== elfType.relocatable) {
    throw new ElfError(
      "ELF_NOT_OBJECT",
      `this ELF file has type ${type}, not 1 (relocatable); give the compiler's .o file`,
      { offset: 16 },
    );
  }
}

interface SectionTable {
  readonly offset: number;
  readonly count: number;
  readonly entrySize: number;
  readonly names: number;
}

function sectionTable(view: ElfView): SectionTable {
  const offset = view.u64(40);
  const entrySize = view.u16(58);
  const shortCount = view.u16(60);
  const shortNames = view.u16(62);
  if (offset === 0) return { offset, count: 0, entrySize, names: 0 };
  if (entrySize < sectionHeaderSize) {
    throw new ElfError("ELF_BAD_HEADER", `section headers of ${entrySize} bytes are too small`, {
      offset: 58,
    });
  }
  // Counts that do not fit 16 bits stand in the null section's size and link (elf(5), e_shnum and e_shstrndx).
  const count = shortCount === 0 ? view.u64(offset + 32) : shortCount;
  const names = shortNames === sectionIndex.extended ? view.u32(offset + 40) : shortNames;
  if (offset + count * entrySize > view.length) {
    throw new ElfError(
      "ELF_TRUNCATED",
      `the section headers, ${count} at byte ${offset}, are outside the file of ${view.length} bytes; copy or build it again`,
      { offset: 40 },
    );
  }
  return { offset, count, entrySize, names };
}

function readSections(view: ElfView, table: SectionTable): ElfSection[] {
  const raw = Array.from({ length: table.count }, (_, index) => readHeader(view, table, index));
  const names = raw[table.names];
  if (table.count > 0 && (names === undefined || names.type !== sectionType.strtab)) {
    throw new ElfError("ELF_BAD_HEADER", `section ${table.names} does not hold the sections' names`, {
      offset: 62,
    });
  }
  return raw.map((header) => {
    const name = names === undefined ? "" : view.string(names, header.nameOffset);
    return { ...header, name };
  });
}

function readHeader(view: ElfView, table: SectionTable, index: number): ElfSection {
  const at = table.offset + index * table.entrySize;
  const header: ElfSection = {
    index,
    name: "",
    nameOffset: view.u32(at),
    type: view.u32(at + 4),
    flags: view.u64(at + 8),
    address: view.address(at + 16),
    offset: view.u64(at + 24),
    size: view.u64(at + 32),
    link: view.u32(at + 40),
    info: view.u32(at + 44),
    alignment: view.u64(at + 48),
    entrySize: view.u64(at + 56),
  };
  const inFile = header.type !== sectionType.nobits && header.type !== sectionType.null;
  if (inFile && header.offset + header.size > view.length) {
    throw new ElfError(
      "ELF_TRUNCATED",
      `section ${index}, bytes ${header.offset} to ${header.offset + header.size}, is outside the file of ${view.length} bytes; copy or build it again`,
      { offset: at },
    );
  }
  return header;
}
