import type { Btf } from "../btf/btf.js";
import { bpfRelocation, symbolType } from "../elf/constants.js";
import type { ElfFile } from "../elf/elf.js";
import { SpecError } from "./error.js";
import { newMap } from "./new-map.js";
import type { MapSpec } from "./spec.js";

/** Sections of struct_ops variables, and whether their maps are attached by a link (`BPF_F_LINK`, Linux 6.4). */
const sections: Readonly<Record<string, { readonly flags: number; readonly autocreate: boolean }>> = {
  ".struct_ops": { flags: 0, autocreate: true },
  ".struct_ops.link": { flags: 1 << 13, autocreate: true },
  "?.struct_ops": { flags: 0, autocreate: false },
  "?.struct_ops.link": { flags: 1 << 13, autocreate: false },
};

/** True for a section whose relocations are a struct_ops variable's function pointers. */
export function isStructOpsSection(name: string): boolean {
  return Object.hasOwn(sections, name);
}

/**
 * Reads struct_ops variables: each becomes a map whose value the loader lays out as the kernel's struct.
 *
 * @throws SpecError SPEC_BAD_MAP, SPEC_NO_BTF, SPEC_BAD_RELOCATION
 */
export function readStructOps(elf: ElfFile, btf: Btf | null): MapSpec[] {
  return elf.sections.flatMap((section) => {
    const row = sections[section.name];
    if (row === undefined || !isStructOpsSection(section.name) || section.size === 0) return [];
    const where = { section: section.name };
    const id = btf?.find(section.name, ["datasec"])[0];
    const datasec = id === undefined ? undefined : btf?.type(id);
    if (btf === null || datasec?.kind !== "datasec") {
      throw new SpecError(
        "SPEC_NO_BTF",
        `section ${section.name} is not described by BTF; compile with -g`,
        where,
      );
    }
    const contents = elf.contents(section);
    const relocations = elf.relocations(section);
    return datasec.vars.map((entry): MapSpec => {
      const variable = btf.type(entry.type);
      const type = variable.kind === "var" ? btf.resolve(variable.type) : 0;
      if (variable.kind !== "var" || btf.kind(type) !== "struct" || btf.size(type) !== entry.size) {
        throw new SpecError(
          "SPEC_BAD_MAP",
          `section ${section.name} holds something other than a struct of known size`,
          where,
        );
      }
      const size = btf.size(type);
      const inside = relocations.filter((r) => r.offset >= entry.offset && r.offset < entry.offset + size);
      const values = inside.map(({ offset, symbol, type: kind }): [number, string] => {
        if (symbol.type === symbolType.func && kind === bpfRelocation.abs64)
          return [offset - entry.offset, symbol.name];
        throw new SpecError(
          "SPEC_BAD_RELOCATION",
          `${variable.name}: byte ${offset - entry.offset} points to ${symbol.name || "a section"}, which is not a program`,
          {
            ...where,
            symbol: variable.name,
          },
        );
      });
      return newMap(variable.name, "struct_ops", {
        keySize: 4,
        valueSize: size,
        maxEntries: 1,
        flags: row.flags,
        valueType: type,
        values: new Map(values),
        contents: contents.slice(entry.offset, entry.offset + size),
        origin: "struct_ops",
        autocreate: row.autocreate,
      });
    });
  });
}
