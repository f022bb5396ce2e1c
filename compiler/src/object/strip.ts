import { type ElfFile, type ElfSection, type ElfSymbol, parseElf } from "@tsbpfc/loader";
import { StringTable } from "./string-table.js";

/** Elf64_Ehdr, Elf64_Shdr, Elf64_Sym (elf(5)). */
const HEADER_SIZE = 64;
const SECTION_HEADER_SIZE = 64;
const SYMBOL_SIZE = 24;
const TYPE = { null: 0, symtab: 2, strtab: 3, rela: 4, nobits: 8, rel: 9 } as const;
const FIRST_RESERVED_INDEX = 0xff00;
const LOCAL = 0;
const FILE_SYMBOL = 4;

/** DWARF, and LLVM's hints for linkers. `.BTF` and `.BTF.ext` stay, with their relocations. */
const DROPPED = [/^\.z?debug_/, /^\.llvm_addrsig$/, /^\.llvm\.call-graph-profile$/];

/**
 * The object without DWARF: what `llvm-strip -g` does. Sections, symbols and their indexes move together; the
 * same input gives the same bytes.
 *
 * @throws ElfError for what is not a BPF object.
 */
export function stripDebug(object: Uint8Array): Uint8Array {
  const elf = parseElf(object);
  const sections = keptSections(elf);
  const sectionIndex = new Map(sections.map((section, i) => [section.index, i]));
  const symbols = keptSymbols(elf, sectionIndex);
  const symbolIndex = new Map(symbols.map((symbol, i) => [symbol.index, i]));
  const strings = collectStrings(elf, sections, symbols);

  const content = (section: ElfSection): Uint8Array => {
    if (section.type === TYPE.symtab) return symbolTable(elf, section, symbols, sectionIndex, strings);
    if (section.type === TYPE.strtab) return strings.get(section.index)?.bytes() ?? elf.contents(section);
    if (isRelocations(section)) return renumber(elf, section, symbolIndex);
    return elf.contents(section);
  };
  const info = (section: ElfSection): number => {
    if (section.type === TYPE.symtab) return firstGlobal(symbols);
    return isRelocations(section) ? (sectionIndex.get(section.info) ?? 0) : section.info;
  };
  return write(
    elf,
    sections.map((section) => ({
      section,
      bytes: content(section),
      link: sectionIndex.get(section.link) ?? 0,
      info: info(section),
      nameOffset: strings.get(elf.nameSection)?.offset(section.name) ?? 0,
    })),
    sectionIndex.get(elf.nameSection) ?? 0,
  );
}

const isRelocations = ({ type }: ElfSection): boolean => type === TYPE.rel || type === TYPE.rela;

function keptSections(elf: ElfFile): readonly ElfSection[] {
  const named = (section: ElfSection | undefined) =>
    section !== undefined && DROPPED.some((pattern) => pattern.test(section.name));
  return elf.sections.filter(
    (section) => !named(section) && !(isRelocations(section) && named(elf.sections[section.info])),
  );
}

/** A symbol goes with its section; special indexes (absolute, common) are no sections. A file's name is debug info. */
function keptSymbols(elf: ElfFile, sectionIndex: ReadonlyMap<number, number>): readonly ElfSymbol[] {
  return elf.symbols.filter(
    ({ section, type }) =>
      type !== FILE_SYMBOL && (section >= FIRST_RESERVED_INDEX || sectionIndex.has(section)),
  );
}

const firstGlobal = (symbols: readonly ElfSymbol[]): number => {
  const index = symbols.findIndex(({ binding }) => binding !== LOCAL);
  return index < 0 ? symbols.length : index;
};

/** New string tables, by old section index: LLVM keeps section and symbol names in one. */
function collectStrings(
  elf: ElfFile,
  sections: readonly ElfSection[],
  symbols: readonly ElfSymbol[],
): ReadonlyMap<number, StringTable> {
  const tables = new Map<number, StringTable>();
  const table = (index: number): StringTable => {
    const known = tables.get(index) ?? new StringTable();
    tables.set(index, known);
    return known;
  };
  for (const section of sections) {
    table(elf.nameSection).add(section.name);
    if (section.type === TYPE.symtab) for (const { name } of symbols) table(section.link).add(name);
  }
  return tables;
}

/** Copies the symbols as they stand, but for name and section. */
function symbolTable(
  elf: ElfFile,
  section: ElfSection,
  symbols: readonly ElfSymbol[],
  sectionIndex: ReadonlyMap<number, number>,
  strings: ReadonlyMap<number, StringTable>,
): Uint8Array {
  const old = elf.contents(section);
  const table = new Uint8Array(symbols.length * SYMBOL_SIZE);
  const view = new DataView(table.buffer);
  const little = elf.endian === "little";
  symbols.forEach((symbol, i) => {
    const at = i * SYMBOL_SIZE;
    table.set(old.subarray(symbol.index * SYMBOL_SIZE, (symbol.index + 1) * SYMBOL_SIZE), at);
    view.setUint32(at, strings.get(section.link)?.offset(symbol.name) ?? 0, little);
    view.setUint16(at + 6, sectionIndex.get(symbol.section) ?? symbol.section, little);
  });
  return table;
}

/** The symbol is the upper half of r_info. A kept section refers to kept sections' symbols only. */
function renumber(elf: ElfFile, section: ElfSection, symbolIndex: ReadonlyMap<number, number>): Uint8Array {
  // Not slice(): of a Buffer that is a view of the input.
  const bytes = new Uint8Array(elf.contents(section));
  const view = new DataView(bytes.buffer);
  const little = elf.endian === "little";
  const size = section.type === TYPE.rel ? 16 : 24;
  const symbolAt = little ? 12 : 8;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const old = view.getUint32(at + symbolAt, little);
    view.setUint32(at + symbolAt, symbolIndex.get(old) ?? 0, little);
  }
  return bytes;
}

interface Written {
  readonly section: ElfSection;
  readonly bytes: Uint8Array;
  readonly link: number;
  readonly info: number;
  readonly nameOffset: number;
}

const align = (offset: number, to: number): number => (to > 1 ? Math.ceil(offset / to) * to : offset);

function write(elf: ElfFile, sections: readonly Written[], nameSection: number): Uint8Array {
  let end = HEADER_SIZE;
  const placed = sections.map((written) => {
    const { type, alignment, size } = written.section;
    const offset = type === TYPE.null ? 0 : align(end, alignment);
    const length = type === TYPE.nobits ? size : written.bytes.length;
    if (type !== TYPE.null) end = offset + written.bytes.length;
    return { ...written, offset, length };
  });
  const headers = align(end, 8);
  const out = new Uint8Array(headers + sections.length * SECTION_HEADER_SIZE);
  const view = new DataView(out.buffer);
  const little = elf.endian === "little";

  out.set(elf.bytes.subarray(0, HEADER_SIZE));
  view.setBigUint64(40, BigInt(headers), little);
  view.setUint16(60, sections.length, little);
  view.setUint16(62, nameSection, little);
  placed.forEach(({ section, bytes, offset, length, link, info, nameOffset }, i) => {
    out.set(bytes, offset);
    if (section.type === TYPE.null) return;
    const at = headers + i * SECTION_HEADER_SIZE;
    view.setUint32(at, nameOffset, little);
    view.setUint32(at + 4, section.type, little);
    const words = [section.flags, section.address, offset, length];
    words.forEach((word, k) => {
      view.setBigUint64(at + 8 + k * 8, BigInt(word), little);
    });
    view.setUint32(at + 40, link, little);
    view.setUint32(at + 44, info, little);
    view.setBigUint64(at + 48, BigInt(section.alignment), little);
    view.setBigUint64(at + 56, BigInt(section.entrySize), little);
  });
  return out;
}
