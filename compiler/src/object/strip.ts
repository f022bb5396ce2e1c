import {
  type ElfFile,
  type ElfSection,
  type ElfSymbol,
  FILE_SYMBOL,
  FIRST_RESERVED_INDEX,
  HEADER_SIZE,
  LOCAL_BINDING,
  readElf,
  SECTION,
  SECTION_HEADER_SIZE,
  SYMBOL_SIZE,
} from "./elf.js";
import { StringTable } from "./string-table.js";

/** DWARF, and LLVM's hints for linkers. `.BTF` and `.BTF.ext` stay, with their relocations. */
const DROPPED = [/^\.z?debug_/, /^\.llvm_addrsig$/, /^\.llvm\.call-graph-profile$/];

/**
 * The object without DWARF: what `llvm-strip -g` does. Sections, symbols and their indexes move together; the
 * same input gives the same bytes.
 *
 * @throws InternalError `elf-malformed` for what is not an ELF object.
 */
export function stripDebug(object: Uint8Array): Uint8Array {
  const elf = readElf(object);
  const sections = keptSections(elf);
  const sectionIndex = new Map(sections.map((section, i) => [section.index, i]));
  const symbols = keptSymbols(elf, sectionIndex);
  const symbolIndex = new Map(symbols.map((symbol, i) => [symbol.index, i]));
  const strings = collectStrings(elf, sections, symbols);

  const content = (section: ElfSection): Uint8Array => {
    if (section.type === SECTION.symtab) return symbolTable(section, symbols, sectionIndex, strings);
    if (section.type === SECTION.strtab) return strings.get(section.index)?.bytes() ?? section.bytes;
    if (isRelocations(section)) return renumber(section, symbolIndex);
    return section.bytes;
  };
  const info = (section: ElfSection): number => {
    if (section.type === SECTION.symtab) return firstGlobal(symbols);
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

const isRelocations = ({ type }: ElfSection): boolean => type === SECTION.rel || type === SECTION.rela;

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
  const index = symbols.findIndex(({ binding }) => binding !== LOCAL_BINDING);
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
    if (section.type === SECTION.symtab) for (const { name } of symbols) table(section.link).add(name);
  }
  return tables;
}

/** Copies the symbols as they stand, but for name and section. */
function symbolTable(
  section: ElfSection,
  symbols: readonly ElfSymbol[],
  sectionIndex: ReadonlyMap<number, number>,
  strings: ReadonlyMap<number, StringTable>,
): Uint8Array {
  const old = section.bytes;
  const table = new Uint8Array(symbols.length * SYMBOL_SIZE);
  const view = new DataView(table.buffer);
  symbols.forEach((symbol, i) => {
    const at = i * SYMBOL_SIZE;
    table.set(old.subarray(symbol.index * SYMBOL_SIZE, (symbol.index + 1) * SYMBOL_SIZE), at);
    view.setUint32(at, strings.get(section.link)?.offset(symbol.name) ?? 0, true);
    view.setUint16(at + 6, sectionIndex.get(symbol.section) ?? symbol.section, true);
  });
  return table;
}

/** The symbol is the upper half of r_info. A kept section refers to kept sections' symbols only. */
function renumber(section: ElfSection, symbolIndex: ReadonlyMap<number, number>): Uint8Array {
  // Not slice(): of a Buffer that is a view of the input.
  const bytes = new Uint8Array(section.bytes);
  const view = new DataView(bytes.buffer);
  const size = section.type === SECTION.rel ? 16 : 24;
  const symbolAt = 12;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const old = view.getUint32(at + symbolAt, true);
    view.setUint32(at + symbolAt, symbolIndex.get(old) ?? 0, true);
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
    const offset = type === SECTION.null ? 0 : align(end, alignment);
    const length = type === SECTION.nobits ? size : written.bytes.length;
    if (type !== SECTION.null) end = offset + written.bytes.length;
    return { ...written, offset, length };
  });
  const headers = align(end, 8);
  const out = new Uint8Array(headers + sections.length * SECTION_HEADER_SIZE);
  const view = new DataView(out.buffer);

  out.set(elf.bytes.subarray(0, HEADER_SIZE));
  view.setBigUint64(40, BigInt(headers), true);
  view.setUint16(60, sections.length, true);
  view.setUint16(62, nameSection, true);
  placed.forEach(({ section, bytes, offset, length, link, info, nameOffset }, i) => {
    out.set(bytes, offset);
    if (section.type === SECTION.null) return;
    const at = headers + i * SECTION_HEADER_SIZE;
    view.setUint32(at, nameOffset, true);
    view.setUint32(at + 4, section.type, true);
    const words = [section.flags, 0, offset, length];
    words.forEach((word, k) => {
      view.setBigUint64(at + 8 + k * 8, BigInt(word), true);
    });
    view.setUint32(at + 40, link, true);
    view.setUint32(at + 44, info, true);
    view.setBigUint64(at + 48, BigInt(section.alignment), true);
    view.setBigUint64(at + 56, BigInt(section.entrySize), true);
  });
  return out;
}
