import type { Btf } from "../btf/btf.js";
import { type BtfExtSection, parseBtfExt } from "../btf/btf-ext.js";
import type { TypeId } from "../btf/types.js";
import type { CoreRelocation } from "../core/relocation.js";
import { sectionFlag, sectionType, symbolBinding, symbolType } from "../elf/constants.js";
import type { ElfFile, ElfRelocation, ElfSection, ElfSymbol } from "../elf/elf.js";
import { Instructions, insnSize } from "../insn/insn.js";
import { SpecError } from "./error.js";
import { type CodeTarget, type Resolver, resolveCode } from "./relocations.js";
import type { LineInfo, Reference } from "./spec.js";

/** One function of the object, as it stands in its section: instructions are counted from its own start. */
export interface CodeFunction {
  readonly name: string;
  readonly section: ElfSection;
  /** Its `section:offset`: what calls and addresses name it by. */
  readonly key: string;
  readonly global: boolean;
  /** Its `func` in BTF; 0 without debug info. */
  readonly type: TypeId;
  /** A copy of its bytes; what the linker and loader fill in is zero. */
  readonly code: Uint8Array;
  readonly references: readonly Reference[];
  readonly targets: readonly CodeTarget[];
  readonly lines: readonly LineInfo[];
  readonly coreRelocations: readonly CoreRelocation[];
}

/**
 * Reads every function of an object's code sections, with its relocations resolved to names.
 *
 * @throws SpecError SPEC_BAD_FUNCTION, SPEC_BAD_RELOCATION, SPEC_BAD_EXTERN; BtfError, ElfError
 */
export function readFunctions(
  elf: ElfFile,
  btf: Btf | null,
  resolver: Resolver,
): ReadonlyMap<string, CodeFunction> {
  const ext = readExt(elf, btf);
  const files = new Map<number, string>();
  const text = (offset: number): string => {
    const known = files.get(offset);
    if (known !== undefined) return known;
    const read = btf === null ? "" : btf.string(offset);
    files.set(offset, read);
    return read;
  };
  const functions = new Map<string, CodeFunction>();
  const symbols = functionSymbols(elf);
  for (const section of elf.sections) {
    if (!isCode(section)) continue;
    const code = elf.contents(section);
    const relocations = elf.relocations(section);
    const info = ext.get(section.name) ?? { functions: [], lines: [], coreRelocations: [] };
    const types = new Map(info.functions.map((f) => [f.offset, f.type]));
    for (const symbol of symbols.get(section.index) ?? []) {
      checkBounds(symbol, section);
      const key = codeKey(section.index, symbol.value);
      // Two names for one function (an alias): the first stands for both.
      if (functions.has(key)) continue;
      const own = code.slice(symbol.value, symbol.value + symbol.size);
      const inside = within(relocations, symbol);
      functions.set(key, {
        name: symbol.name,
        section,
        key,
        global: symbol.binding !== symbolBinding.local,
        type: types.get(symbol.value) ?? 0,
        ...resolveCode(new Instructions(own, elf.endian), symbol, section, inside, resolver),
        code: own,
        lines: within(info.lines, symbol).map((line) => ({
          insn: insnOf(line.offset, symbol, section),
          file: text(line.fileOffset),
          text: text(line.textOffset),
          line: line.line,
          column: line.column,
          fileOffset: line.fileOffset,
          textOffset: line.textOffset,
        })),
        coreRelocations: within(info.coreRelocations, symbol).map((core) => ({
          insn: insnOf(core.offset, symbol, section),
          kind: core.kind,
          type: core.type,
          access: core.access,
          path: accessPath(core.access, symbol),
        })),
      });
    }
    refuseStray(relocations, symbols.get(section.index) ?? [], section);
  }
  return functions;
}

export function codeKey(section: number, offset: number): string {
  return `${section}:${offset}`;
}

/** Code is what may be executed; LLVM leaves an empty `.text` in objects without subprograms. */
export function isCode(section: ElfSection): boolean {
  return (
    section.type === sectionType.progbits && (section.flags & sectionFlag.exec) !== 0 && section.size > 0
  );
}

function readExt(elf: ElfFile, btf: Btf | null): ReadonlyMap<string, BtfExtSection> {
  const section = elf.section(".BTF.ext");
  return section === null || btf === null ? new Map() : parseBtfExt(elf.contents(section), btf);
}

function functionSymbols(elf: ElfFile): ReadonlyMap<number, readonly ElfSymbol[]> {
  const found = new Map<number, ElfSymbol[]>();
  for (const symbol of elf.symbols) {
    if (symbol.type !== symbolType.func || symbol.section === 0) continue;
    const list = found.get(symbol.section);
    if (list === undefined) found.set(symbol.section, [symbol]);
    else list.push(symbol);
  }
  for (const list of found.values()) list.sort((a, b) => a.value - b.value);
  return found;
}

function checkBounds(symbol: ElfSymbol, section: ElfSection): void {
  const end = symbol.value + symbol.size;
  const whole = symbol.value % insnSize === 0 && symbol.size % insnSize === 0;
  if (whole && symbol.size > 0 && end <= section.size) return;
  throw new SpecError(
    "SPEC_BAD_FUNCTION",
    `function ${symbol.name}, bytes ${symbol.value} to ${end}, is not whole instructions within section ${section.name} (${section.size} bytes); build the object again`,
    { section: section.name, symbol: symbol.name },
  );
}

/** Those records, ascending by offset, that lie in the function. */
function within<T extends { readonly offset: number }>(records: readonly T[], symbol: ElfSymbol): T[] {
  const from = lowerBound(records, symbol.value);
  return records.slice(from, lowerBound(records, symbol.value + symbol.size));
}

function lowerBound(records: readonly { readonly offset: number }[], offset: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insnOf(offset: number, symbol: ElfSymbol, section: ElfSection): number {
  if (offset % insnSize === 0) return (offset - symbol.value) / insnSize;
  throw new SpecError(
    "SPEC_BAD_FUNCTION",
    `.BTF.ext names byte ${offset} of section ${section.name}, where no instruction starts`,
    {
      section: section.name,
      symbol: symbol.name,
    },
  );
}

function accessPath(access: string, symbol: ElfSymbol): number[] {
  // libbpf takes 64 steps at most (BPF_CORE_SPEC_MAX_LEN).
  const path = access.split(":");
  if (path.length <= 64 && path.every((step) => /^\d{1,9}$/.test(step))) return path.map(Number);
  throw new SpecError(
    "SPEC_BAD_CORE_RELOCATION",
    `${symbol.name}: the access string ${JSON.stringify(access)} of a CO-RE relocation is malformed`,
    {
      symbol: symbol.name,
    },
  );
}

function refuseStray(
  relocations: readonly ElfRelocation[],
  symbols: readonly ElfSymbol[],
  section: ElfSection,
): void {
  const stray = relocations.find(
    (r) => !symbols.some((s) => r.offset >= s.value && r.offset < s.value + s.size),
  );
  if (stray === undefined) return;
  throw new SpecError(
    "SPEC_BAD_RELOCATION",
    `the relocation at byte ${stray.offset} of section ${section.name} is in no function; build the object again`,
    {
      section: section.name,
      symbol: stray.symbol.name,
    },
  );
}
