import type { Btf } from "../btf/btf.js";
import { BtfError } from "../btf/error.js";
import type { BtfType, TypeId } from "../btf/types.js";
import { symbolBinding } from "../elf/constants.js";
import type { ElfFile } from "../elf/elf.js";
import { SpecError } from "./error.js";
import { sectionMap } from "./globals.js";
import type { KconfigSpec, MapSpec } from "./spec.js";

type Datasec = Extract<BtfType, { kind: "datasec" }>;
const section = ".kconfig";
/** Bytes of all externs: their values are numbers and short texts, and memory is taken for them. */
const maxBytes = 1 << 20;

/** Gives the externs of `.kconfig` their places: the section exists in BTF only. Largest alignment first. */
export function layoutKconfig(datasec: Datasec, btf: Btf): Datasec {
  const entries = datasec.vars.map((entry) => ({ entry, align: alignment(btf, entry.type) }));
  entries.sort((a, b) => b.align - a.align || a.entry.type - b.entry.type);
  let end = 0;
  const vars = entries.map(({ entry, align }) => {
    const offset = Math.ceil(end / align) * align;
    const size = sized(btf, entry.type);
    end = offset + size;
    return { type: entry.type, offset, size };
  });
  return { ...datasec, size: end, vars };
}

/** The externs of `.kconfig`, and the map whose contents they are; none if the object has none. */
export function readKconfig(
  btf: Btf,
  elf: ElfFile,
): { readonly maps: readonly MapSpec[]; readonly kconfigs: readonly KconfigSpec[] } {
  const id = btf.find(section, ["datasec"])[0];
  const datasec = id === undefined ? undefined : btf.type(id);
  if (id === undefined || datasec?.kind !== "datasec") return { maps: [], kconfigs: [] };
  const weak = new Set(elf.symbols.filter((s) => s.binding === symbolBinding.weak).map((s) => s.name));
  const kconfigs = datasec.vars.map(({ type, offset, size }): KconfigSpec => {
    const variable = btf.type(type);
    if (variable.kind !== "var") {
      throw new SpecError(
        "SPEC_BAD_EXTERN",
        `.kconfig holds a ${variable.kind}; it may hold variables only`,
        { section },
      );
    }
    if (offset + size > datasec.size) {
      throw new SpecError(
        "SPEC_BAD_EXTERN",
        `the __kconfig extern ${variable.name} ends at byte ${offset + size} of ${datasec.size}`,
        { section, symbol: variable.name },
      );
    }
    return { name: variable.name, offset, size, type: variable.type, weak: weak.has(variable.name) };
  });
  if (datasec.size > maxBytes) {
    throw new SpecError(
      "SPEC_BAD_EXTERN",
      `the __kconfig externs have ${datasec.size} bytes together; at most ${maxBytes} are taken`,
      { section },
    );
  }
  return { maps: [sectionMap(section, "kconfig", new Uint8Array(datasec.size), id)], kconfigs };
}

function sized(btf: Btf, type: TypeId): number {
  try {
    return btf.size(type);
  } catch (error) {
    if (!(error instanceof BtfError) || error.code !== "BTF_NO_SIZE") throw error;
    const name = btf.name(type);
    throw new SpecError(
      "SPEC_BAD_EXTERN",
      `the __kconfig extern ${name} has no size; declare it as an integer, a bool, an enum or a char array`,
      { section, symbol: name },
    );
  }
}

/** Bytes: those of the innermost element. What is none of the kinds that .kconfig knows gets 1. */
function alignment(btf: Btf, type: TypeId): number {
  // Throws for what refers to itself, so that the walk below ends.
  sized(btf, type);
  const variable = btf.type(type);
  let at = btf.resolve(variable.kind === "var" ? variable.type : type);
  for (let t = btf.type(at); t.kind === "array"; t = btf.type(at)) at = btf.resolve(t.type);
  const size = sized(btf, at);
  return [8, 4, 2].includes(size) ? size : 1;
}
