import { Btf } from "../btf/btf.js";
import type { ElfFile } from "../elf/elf.js";
import { parseElf } from "../elf/elf.js";
import { readArenaGlobals } from "./arena.js";
import { completeBtf } from "./complete-btf.js";
import { SpecError } from "./error.js";
import { readExterns } from "./externs.js";
import { isCode, readFunctions } from "./functions.js";
import { readGlobals } from "./globals.js";
import { readJumpTables } from "./jump-tables.js";
import { readKconfig } from "./kconfig.js";
import { readLegacyMaps } from "./legacy-maps.js";
import { readMaps } from "./maps.js";
import type { OwnSections } from "./own-sections.js";
import { readPrograms } from "./programs.js";
import type { Resolver } from "./relocations.js";
import type { CollectionSpec, MapSpec } from "./spec.js";
import { readStructOps } from "./struct-ops.js";

export interface ParseOptions {
  /** What sections of programs stand for that libbpf does not know. */
  readonly sections?: OwnSections;
}

/**
 * Reads a BPF object (clang's, a static linker's or tsbpfc's) into a collection spec. Pure: no privileges, no
 * system calls. Every program comes with the subprograms that it reaches; what only a kernel can fill in is
 * listed as references and CO-RE relocations. `bytes` is kept by the spec's BTF and must not change.
 *
 * @throws ElfError for what is no sound BPF object, BtfError for damaged BTF, SpecError for an object that asks
 * for something wrong or unsupported; each names the place and what to do
 */
export function parseObject(bytes: Uint8Array, { sections = {} }: ParseOptions = {}): CollectionSpec {
  const elf = parseElf(bytes);
  const section = elf.section(".BTF");
  const btf = section === null ? null : completeBtf(Btf.parse(elf.contents(section)), elf);
  const declared = [...readMaps(elf, btf), ...readLegacyMaps(elf)];
  const arena = readArenaGlobals(elf, btf, declared);
  const globals = readGlobals(elf, btf);
  const kconfig = btf === null ? { maps: [], kconfigs: [] } : readKconfig(btf, elf);
  const resolver: Resolver = {
    sections: elf.sections,
    maps: new Map(declared.map(({ spec, section: holder, offset }) => [`${holder}:${offset}`, spec.name])),
    globals: new Map([
      ...globals.maps.map((map): [number, string] => [elf.section(map.name)!.index, map.name]),
      ...(arena.holder === null ? [] : [[arena.holder.section, arena.holder.map] as const]),
    ]),
    jumpTables: readJumpTables(elf),
    isCode: (index) => elf.sections[index] !== undefined && isCode(elf.sections[index]),
    externs: readExterns(btf, kconfig.kconfigs),
  };
  const programs = readPrograms(readFunctions(elf, btf, resolver), elf.endian, sections, btf);
  const maps = [
    ...arena.maps.map(({ spec }) => spec),
    ...globals.maps,
    ...kconfig.maps,
    ...readStructOps(elf, btf),
  ];
  const spec: CollectionSpec = {
    btf,
    license: readLicense(elf),
    endian: elf.endian,
    sections,
    maps: byName("map", maps),
    programs: byName("program", programs),
    variables: byName("variable", [...globals.variables, ...arena.variables]),
    kconfigs: byName("extern", kconfig.kconfigs),
  };
  for (const map of maps) checkValues(map, spec);
  return spec;
}

function byName<T extends { readonly name: string }>(
  what: string,
  items: readonly T[],
): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const item of items) {
    if (item.name === "" || map.has(item.name)) {
      throw new SpecError(
        "SPEC_UNSUPPORTED",
        `two ${what}s are named ${JSON.stringify(item.name)}, or one has no name`,
        { symbol: item.name },
      );
    }
    map.set(item.name, item);
  }
  return map;
}

/** What static values name must be a program or map of this object. */
function checkValues(map: MapSpec, spec: CollectionSpec): void {
  for (const name of map.values.values()) {
    const isMap = map.type === "array_of_maps" || map.type === "hash_of_maps";
    if (isMap ? spec.maps.has(name) : spec.programs.has(name)) continue;
    throw new SpecError(
      "SPEC_BAD_MAP",
      `map ${map.name}: its value ${name} is not a ${isMap ? "map" : "program"} of this object`,
      { symbol: map.name },
    );
  }
}

function readLicense(elf: ElfFile): string {
  const section = elf.section("license");
  if (section === null) return "";
  const contents = elf.contents(section);
  const end = contents.indexOf(0);
  // The kernel reads at most 128 bytes (bpf_prog_load in kernel/bpf/syscall.c).
  if (end >= 0 && end < 128) return Buffer.from(contents.subarray(0, end)).toString("utf8");
  throw new SpecError(
    "SPEC_BAD_LICENSE",
    "the license is not a string of less than 128 bytes that ends in NUL",
    { section: "license" },
  );
}
