import { InternalError } from "../ir/internal-error.js";

/**
 * The tables of an ELF64 little-endian object that LLVM has just written. Whoever opens objects from elsewhere
 * uses the loader's reader; this one trusts its input, and keeps the numbers that a writer needs.
 */
export interface ElfFile {
  readonly bytes: Uint8Array;
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
  /** Index of the section that holds the sections' names. */
  readonly nameSection: number;
}

/** Elf64_Shdr, and its bytes: none for `.bss` and its like. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
  readonly bytes: Uint8Array;
}

/** Elf64_Sym. */
export interface ElfSymbol {
  readonly index: number;
  readonly name: string;
  readonly binding: number;
  readonly type: number;
  readonly section: number;
  readonly value: number;
  readonly size: number;
}

export const HEADER_SIZE = 64;
export const SECTION_HEADER_SIZE = 64;
export const SYMBOL_SIZE = 24;
/** `sh_type`. */
export const SECTION = { null: 0, symtab: 2, strtab: 3, rela: 4, nobits: 8, rel: 9 } as const;
export const LOCAL_BINDING = 0;
export const FILE_SYMBOL = 4;
/** From here up `st_shndx` is not a section: absolute, common. */
export const FIRST_RESERVED_INDEX = 0xff00;

const MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1] as const;

/** @throws InternalError `elf-malformed` if this is no ELF64 little-endian file. */
export function readElf(bytes: Uint8Array): ElfFile {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new InternalError("elf-malformed", "LLVM's object is not an ELF64 little-endian file");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nameSection = view.getUint16(62, true);
  const headers = readSections(bytes, view);
  const names = headers[nameSection]?.bytes ?? new Uint8Array(1);
  const sections = headers.map(({ nameOffset, ...section }) => ({
    ...section,
    name: stringAt(names, nameOffset),
  }));
  return { bytes, sections, symbols: readSymbols(sections), nameSection };
}

function readSections(bytes: Uint8Array, view: DataView) {
  const start = word(view, 40);
  return Array.from({ length: view.getUint16(60, true) }, (_, index) => {
    const at = start + index * SECTION_HEADER_SIZE;
    const type = view.getUint32(at + 4, true);
    const [offset, size] = [word(view, at + 24), word(view, at + 32)];
    const inFile = type !== SECTION.null && type !== SECTION.nobits;
    return {
      index,
      nameOffset: view.getUint32(at, true),
      type,
      flags: word(view, at + 8),
      size,
      link: view.getUint32(at + 40, true),
      info: view.getUint32(at + 44, true),
      alignment: word(view, at + 48),
      entrySize: word(view, at + 56),
      bytes: inFile ? bytes.subarray(offset, offset + size) : new Uint8Array(0),
    };
  });
}

function readSymbols(sections: readonly ElfSection[]): ElfSymbol[] {
  const table = sections.find(({ type }) => type === SECTION.symtab);
  if (table === undefined) return [];
  const strings = sections[table.link]?.bytes ?? new Uint8Array(1);
  const view = new DataView(table.bytes.buffer, table.bytes.byteOffset, table.bytes.byteLength);
  return Array.from({ length: table.size / SYMBOL_SIZE }, (_, index) => {
    const at = index * SYMBOL_SIZE;
    const info = view.getUint8(at + 4);
    return {
      index,
      name: stringAt(strings, view.getUint32(at, true)),
      binding: info >> 4,
      type: info & 0xf,
      section: view.getUint16(at + 6, true),
      value: word(view, at + 8),
      size: word(view, at + 16),
    };
  });
}

/** A 64-bit size or offset: a file's are far below 2^53. */
const word = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

function stringAt(table: Uint8Array, offset: number): string {
  const end = table.indexOf(0, offset);
  return new TextDecoder().decode(table.subarray(offset, end < 0 ? table.length : end));
}
