import type { Btf } from "../btf/btf.js";
import type { TypeId } from "../btf/types.js";
import { symbolBinding } from "../elf/constants.js";
import { type ElfFile, type ElfSection, isHidden } from "../elf/elf.js";
import { SpecError } from "./error.js";
import { newMap } from "./new-map.js";
import type { MapSpec, VariableSpec } from "./spec.js";

/** `BPF_F_RDONLY_PROG`: programs may only read; with freezing, the verifier takes the contents as constants. */
const readOnlyForPrograms = 1 << 7;
/** Bytes of a section of globals. The kernel takes 2 GiB (`array_map_alloc_check`); so much in a file is damage. */
const maxContents = 256 * 2 ** 20;

type GlobalOrigin = "data" | "rodata" | "bss";
const origins: readonly GlobalOrigin[] = ["data", "rodata", "bss"];

/** Which kind of globals a section holds, by libbpf's names: `.data`, `.data.x`, `.rodata…`, `.bss…`. */
export function globalOrigin(section: string): GlobalOrigin | null {
  return origins.find((o) => section === `.${o}` || section.startsWith(`.${o}.`)) ?? null;
}

/**
 * The array maps behind an object's global variables, one for each section that holds any bytes, and the
 * variables that user space may name.
 *
 * @throws SpecError SPEC_BAD_VARIABLE, SPEC_UNSUPPORTED
 */
export function readGlobals(
  elf: ElfFile,
  btf: Btf | null,
): { readonly maps: readonly MapSpec[]; readonly variables: readonly VariableSpec[] } {
  const holders = elf.sections.flatMap((section) => {
    const origin = globalOrigin(section.name);
    return origin === null || section.size === 0 ? [] : [{ section, origin }];
  });
  const variables = holders.flatMap(({ section, origin }) =>
    btf === null ? [] : variablesOf(elf, btf, section, { map: section.name, constant: origin === "rodata" }),
  );
  const maps = holders.map(({ section, origin }) => {
    const datasec = datasecOf(btf, section.name);
    const named = variables.some((variable) => variable.section === section.name);
    return {
      ...sectionMap(section.name, origin, sectionContents(elf, section), datasec),
      unshared: origin !== "rodata" && datasec !== 0 && !named,
    };
  });
  return { maps, variables };
}

/** The map behind one section of globals: an array of one value, the section. */
export function sectionMap(
  name: string,
  origin: GlobalOrigin | "kconfig",
  contents: Uint8Array,
  datasec: TypeId,
): MapSpec {
  return newMap(name, "array", {
    keySize: 4,
    valueSize: contents.byteLength,
    maxEntries: 1,
    flags: origin === "rodata" || origin === "kconfig" ? readOnlyForPrograms : 0,
    valueType: datasec,
    contents,
    origin,
    sectionType: datasec,
  });
}

/**
 * A copy of the first values of a section of globals.
 *
 * @throws SpecError SPEC_UNSUPPORTED for a pointer among them, SPEC_BAD_VARIABLE for too many bytes
 */
export function sectionContents(elf: ElfFile, section: ElfSection): Uint8Array {
  const relocation = elf.relocations(section)[0];
  if (relocation !== undefined) {
    throw new SpecError(
      "SPEC_UNSUPPORTED",
      `byte ${relocation.offset} of section ${section.name} is a pointer (to ${relocation.symbol.name || "a section"}) in static data, which BPF cannot hold; set it at run time`,
      { section: section.name, symbol: relocation.symbol.name },
    );
  }
  if (section.size > maxContents) {
    throw new SpecError(
      "SPEC_BAD_VARIABLE",
      `section ${section.name} has ${section.size} bytes; at most 256 MiB are taken`,
      { section: section.name },
    );
  }
  const contents = elf.contents(section);
  if (contents.byteLength === 0) {
    try {
      return new Uint8Array(section.size);
    } catch {
      throw new SpecError(
        "SPEC_BAD_VARIABLE",
        `no memory for the ${section.size} bytes of section ${section.name}`,
        { section: section.name },
      );
    }
  }
  return contents.slice();
}

export function datasecOf(btf: Btf | null, section: string): TypeId {
  return btf?.find(section, ["datasec"])[0] ?? 0;
}

/** Variables of a section that user space may name, in the map that holds them. */
export function variablesOf(
  elf: ElfFile,
  btf: Btf,
  section: ElfSection,
  { map, constant }: { readonly map: string; readonly constant: boolean },
): VariableSpec[] {
  const id = datasecOf(btf, section.name);
  const datasec = id === 0 ? undefined : btf.type(id);
  if (datasec?.kind !== "datasec") return [];
  const hidden = new Set(
    elf.symbols
      .filter((s) => s.section === section.index && (s.binding === symbolBinding.local || isHidden(s)))
      .map((s) => s.name),
  );
  return datasec.vars.flatMap((entry) => {
    const variable = btf.type(entry.type);
    if (variable.kind !== "var" || variable.linkage === "static" || hidden.has(variable.name)) return [];
    const { name, type } = variable;
    const { offset, size } = entry;
    return [{ name, section: map, offset, size, type, constant, tags: btf.declTags(entry.type) }];
  });
}
