import {
  ElfError,
  type ElfFile,
  type ElfSection,
  parseElf,
  sectionIndex,
  symbolBinding,
  symbolType,
} from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

/** A function of an executable or shared library, where it is in the file: what a uprobe is put on. */
export interface BinaryFunction {
  readonly name: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
}

const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const SYMBOL_SIZE = 24;

/**
 * Where a binary is that a section names without a folder: a library in the loader's usual folders, a program in
 * PATH (as libbpf does).
 *
 * @throws UsageError if it is nowhere
 */
export function findBinary(name: string, label: string): string {
  if (name.includes("/")) return name;
  const folders = /\.so($|\.)/.test(name) ? libraryFolders() : (process.env.PATH ?? "").split(":");
  const found = folders.map((folder) => `${folder}/${name}`).find((path) => kernel().fileExists(path));
  if (found === undefined)
    throw new UsageError(
      "target-missing",
      `${label}: there is no '${name}' in ${folders.join(", ")}; give its path`,
    );
  return found;
}

const multiarch: Readonly<Record<string, string>> = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };

function libraryFolders(): string[] {
  const own = (process.env.LD_LIBRARY_PATH ?? "").split(":").filter((folder) => folder !== "");
  return [
    ...own,
    "/usr/lib64",
    "/usr/lib",
    `/usr/lib/${multiarch[process.arch]}`,
    `/lib/${multiarch[process.arch]}`,
  ];
}

/** Mapped, as libelf does for libbpf: of a large binary few pages are looked at. @throws UsageError */
export function binaryBytes(path: string, label: string): Uint8Array {
  const bytes = kernel().mapFile(path) ?? kernel().readFile(path);
  if (bytes === null) throw new UsageError("target-missing", `${label}: cannot read ${path}`);
  return bytes;
}

/**
 * The functions of a binary that are `wanted`, from its symbol tables (the dynamic one too: what is left in a
 * stripped library). Each name once; the visible one of several.
 *
 * @throws UsageError for a file that cannot be read or is no ELF file; a name that means several functions
 */
export function binaryFunctions(path: string, wanted: Wanted, label: string): BinaryFunction[] {
  const bytes = binaryBytes(path, label);
  try {
    const elf = parseElf(bytes, { anyMachine: true });
    return onePerName(
      elf.sections
        .filter(({ type }) => type === SHT_SYMTAB || type === SHT_DYNSYM)
        .flatMap((table) => functionsOf(elf, table, wanted)),
      path,
      label,
    );
  } catch (error) {
    if (error instanceof ElfError) throw new UsageError("bad-value", `${label}: ${path}: ${error.message}`);
    throw error;
  }
}

/** One name, or what takes names. */
type Wanted = string | ((name: string) => boolean);

interface Candidate extends BinaryFunction {
  readonly binding: number;
}

function functionsOf(elf: ElfFile, table: ElfSection, wanted: Wanted): Candidate[] {
  const strings = elf.sections[table.link];
  if (!strings) return [];
  const names = elf.contents(strings);
  const nameAt = typeof wanted === "string" ? exactly(names, wanted) : taken(names, wanted);
  const symbols = elf.contents(table);
  const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  const little = elf.endian === "little";
  const found: Candidate[] = [];
  for (let at = 0; at + SYMBOL_SIZE <= view.byteLength; at += SYMBOL_SIZE) {
    const info = view.getUint8(at + 4);
    if ((info & 15) !== symbolType.func) continue;
    const section = elf.sections[view.getUint16(at + 6, little)];
    if (!section || section.index === sectionIndex.undefined) continue;
    const name = nameAt(view.getUint32(at, little));
    if (name === null) continue;
    // An address in memory; the section says where that is in the file.
    const offset = Number(view.getBigUint64(at + 8, little)) - section.address + section.offset;
    found.push({ name, offset, binding: info >> 4 });
  }
  return found;
}

/** The name that begins at a byte of a string table, if it is wanted. */
type NameAt = (start: number) => string | null;

/** A large binary has hundreds of thousands of names: one is looked for, and only where it stands is compared. */
function exactly(names: Uint8Array, name: string): NameAt {
  const table = Buffer.from(names.buffer, names.byteOffset, names.byteLength);
  const bytes = Buffer.from(`${name}\0`);
  const starts = new Set<number>();
  // It may be the end of another name, too: linkers merge them.
  for (let at = table.indexOf(bytes); at >= 0; at = table.indexOf(bytes, at + 1)) starts.add(at);
  return (start) => (starts.has(start) ? name : null);
}

/** Names are parts of one string, each byte a character: to decode each by itself takes ten times as long. */
function taken(names: Uint8Array, wanted: (name: string) => boolean): NameAt {
  const table = Buffer.from(names.buffer, names.byteOffset, names.byteLength).toString("latin1");
  const plain = !/[\x80-\xff]/.test(table);
  return (start) => {
    const end = table.indexOf("\0", start);
    if (start >= table.length || end < 0) return null;
    const bytes = table.slice(start, end);
    const name = plain ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
    return wanted(name) ? name : null;
  };
}

function onePerName(candidates: readonly Candidate[], path: string, label: string): BinaryFunction[] {
  const byName = new Map<string, Candidate[]>();
  for (const candidate of candidates)
    byName.set(candidate.name, [...(byName.get(candidate.name) ?? []), candidate]);
  return [...byName].map(([name, all]) => {
    const visible = all.filter(({ binding }) => binding !== symbolBinding.local);
    const offsets = [...new Set((visible.length > 0 ? visible : all).map(({ offset }) => offset))];
    const [offset] = offsets;
    if (offset === undefined || offsets.length > 1)
      throw new UsageError(
        "bad-value",
        `${label}: ${path} has ${offsets.length} functions '${name}' (at ${offsets.join(", ")}): attach({ binary, offset }) says which`,
      );
    return { name, offset };
  });
}
