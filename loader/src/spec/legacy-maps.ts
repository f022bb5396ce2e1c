import { symbolType } from "../elf/constants.js";
import type { ElfFile, ElfSection, ElfSymbol } from "../elf/elf.js";
import { SpecError } from "./error.js";
import { mapTypeName } from "./kernel-enums.js";
import type { DeclaredMap } from "./maps.js";
import { newMap } from "./new-map.js";
import type { MapSpec } from "./spec.js";

/** `struct bpf_map_def`: type, key_size, value_size, max_entries, and map_flags, which the oldest leave out. */
const leastBytes = 16;
const plainBytes = 20;

/**
 * Reads the maps of `maps` and `maps/…` sections: a `struct bpf_map_def` for each symbol, as objects had them before
 * BTF, and libbpf until 1.0. Their keys and values have sizes only. Each loader had a struct of its own that begins
 * alike (iproute2's `bpf_elf_map` has 36 bytes), so that the distance of the symbols tells how long it is.
 *
 * @throws SpecError SPEC_BAD_MAP for symbols at uneven distances, a struct that is too short, or an unknown type
 */
export function readLegacyMaps(elf: ElfFile): DeclaredMap[] {
  return elf.sections.flatMap((section) =>
    section.name === "maps" || section.name.startsWith("maps/") ? mapsOf(elf, section) : [],
  );
}

function mapsOf(elf: ElfFile, section: ElfSection): DeclaredMap[] {
  if (section.size === 0) return [];
  const symbols = elf.symbols
    .filter(({ section: at, type }) => at === section.index && isVariable(type))
    .sort((a, b) => a.value - b.value);
  const stride = section.size / symbols.length;
  if (!Number.isInteger(stride) || symbols.some(({ value }, i) => value !== i * stride))
    throw bad(section, `its ${symbols.length} symbols do not divide its ${section.size} bytes evenly`);
  if (stride < leastBytes)
    throw bad(section, `a definition has ${stride} bytes; struct bpf_map_def has ${leastBytes} or more`);
  const stray = elf.relocations(section)[0];
  if (stray !== undefined)
    throw bad(section, `byte ${stray.offset} is a pointer, and such a definition has none`, stray.symbol);
  const bytes = elf.contents(section);
  if (bytes.length < section.size) throw bad(section, "the file holds none of its bytes");
  return symbols.map((symbol) => ({
    spec: readDefinition(section, symbol, bytes.subarray(symbol.value, symbol.value + stride), elf.endian),
    section: section.index,
    offset: symbol.value,
  }));
}

/** Assemblers other than LLVM's leave the symbol's type out. */
const isVariable = (type: number): boolean => type === symbolType.object || type === symbolType.none;

function readDefinition(
  section: ElfSection,
  symbol: ElfSymbol,
  bytes: Uint8Array,
  endian: "little" | "big",
): MapSpec {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const field = (i: number): number => view.getUint32(i * 4, endian === "little");
  const type = mapTypeName(field(0));
  if (type === null) throw bad(section, `map type ${field(0)} is not known`, symbol);
  const tail = bytes.slice(plainBytes);
  return newMap(symbol.name, type, {
    keySize: field(1),
    valueSize: field(2),
    maxEntries: field(3),
    flags: bytes.length < plainBytes ? 0 : field(4),
    legacyTail: tail.some((byte) => byte !== 0) ? tail : null,
  });
}

function bad(section: ElfSection, what: string, symbol?: ElfSymbol): SpecError {
  const name = symbol?.name ?? "";
  return new SpecError("SPEC_BAD_MAP", `section ${section.name}${name && `, map ${name}`}: ${what}`, {
    section: section.name,
    symbol: name,
  });
}
