import type { Btf } from "../btf/btf.js";
import type { ElfFile } from "../elf/elf.js";
import { SpecError } from "./error.js";
import { datasecOf, sectionContents, variablesOf } from "./globals.js";
import type { DeclaredMap } from "./maps.js";
import type { VariableSpec } from "./spec.js";

/** Where LLVM puts globals of address space 1: those of the object's arena. */
const arenaSection = ".addr_space.1";

/** An object's maps, with the arena's globals in it, and these globals. */
export interface ArenaGlobals {
  readonly maps: readonly DeclaredMap[];
  readonly variables: readonly VariableSpec[];
  /** What relocations against the section name: its index, and the arena; null if the object has no such globals. */
  readonly holder: { readonly section: number; readonly map: string } | null;
}

/**
 * Reads the globals of `.addr_space.1`. They are first values of the one map of type arena: at its start, where libbpf
 * puts them on every kernel whose `ld_imm64` reaches no more than 512 MiB (FEAT_LDIMM64_FULL_RANGE_OFF: the end of
 * the arena is for kernels after 6.19 and libbpf 1.7).
 *
 * @throws SpecError SPEC_BAD_MAP if there is not one arena; SPEC_BAD_VARIABLE, SPEC_UNSUPPORTED
 */
export function readArenaGlobals(
  elf: ElfFile,
  btf: Btf | null,
  declared: readonly DeclaredMap[],
): ArenaGlobals {
  const section = elf.section(arenaSection);
  if (section === null || section.size === 0) return { maps: declared, variables: [], holder: null };
  const arenas = declared.filter(({ spec }) => spec.type === "arena");
  const [arena] = arenas;
  if (arena === undefined || arenas.length > 1)
    throw new SpecError(
      "SPEC_BAD_MAP",
      `the object has global variables in an arena and ${arenas.length} arenas; declare one in SEC(".maps"), of type BPF_MAP_TYPE_ARENA`,
      { section: arenaSection },
    );
  const map = arena.spec.name;
  const contents = sectionContents(elf, section);
  const spec = { ...arena.spec, contents, sectionType: datasecOf(btf, arenaSection) };
  return {
    maps: declared.map((one) => (one === arena ? { ...one, spec } : one)),
    variables: btf === null ? [] : variablesOf(elf, btf, section, { map, constant: false }),
    holder: { section: section.index, map },
  };
}
