import type { Btf } from "../btf/btf.js";
import { valueKinds } from "../btf/kinds.js";
import type { TypeId } from "../btf/types.js";
import { symbolType } from "../elf/constants.js";
import type { ElfFile, ElfRelocation, ElfSection } from "../elf/elf.js";
import { SpecError } from "./error.js";
import { type MapDefinition, readMapDefinition } from "./map-definition.js";
import type { MapSpec } from "./spec.js";

const section = ".maps";
const recordTag = "tsbpfc:record=";

/** A map, and the section's index and byte by which relocations name it. */
export interface DeclaredMap {
  readonly spec: MapSpec;
  readonly section: number;
  readonly offset: number;
}

/**
 * Reads the BTF-defined maps of `.maps`, with their static values.
 *
 * @throws SpecError SPEC_BAD_MAP, SPEC_NO_BTF, SPEC_BAD_RELOCATION; BtfError
 */
export function readMaps(elf: ElfFile, btf: Btf | null): DeclaredMap[] {
  const holder = elf.section(section);
  if (holder === null || holder.size === 0) return [];
  const id = btf?.find(section, ["datasec"])[0];
  const datasec = id === undefined ? undefined : btf?.type(id);
  if (btf === null || datasec?.kind !== "datasec") {
    throw new SpecError(
      "SPEC_NO_BTF",
      "the object has maps but no BTF that describes them; compile with -g (llvm-strip without -g takes BTF out)",
      { section },
    );
  }
  const entries = datasec.vars.map((entry) => {
    const variable = btf.type(entry.type);
    if (variable.kind !== "var")
      throw new SpecError("SPEC_BAD_MAP", `.maps holds a ${variable.kind}`, { section });
    const definition = readMapDefinition(btf, variable.name, variable.type, false);
    const tags = btf.declTags(entry.type);
    const record = tags.find((tag) => tag.startsWith(recordTag))?.slice(recordTag.length);
    const recordType = findRecord(btf, variable.name, record);
    return {
      definition: { ...definition, spec: { ...definition.spec, recordType, tags } },
      offset: entry.offset,
      size: entry.size,
    };
  });
  const values = readValues(elf, holder, entries);
  return entries.map(({ definition, offset }, i) => ({
    spec: { ...definition.spec, values: values[i]! },
    section: holder.index,
    offset,
  }));
}

interface Entry {
  readonly definition: MapDefinition;
  readonly offset: number;
  readonly size: number;
}

/** Each relocation of `.maps` is one initialiser of some map's `values`. */
function readValues(elf: ElfFile, holder: ElfSection, entries: readonly Entry[]): Map<number, string>[] {
  const values = entries.map(() => new Map<number, string>());
  for (const relocation of elf.relocations(holder)) {
    const i = entries.findIndex(
      (e) => relocation.offset >= e.offset && relocation.offset < e.offset + e.size,
    );
    const entry = entries[i];
    const start = entry?.definition.valuesOffset ?? null;
    const slot = entry === undefined || start === null ? -1 : (relocation.offset - entry.offset - start) / 8;
    if (entry === undefined || slot < 0 || !Number.isInteger(slot)) {
      throw new SpecError(
        "SPEC_BAD_RELOCATION",
        `the pointer at byte ${relocation.offset} of .maps is in no map's values`,
        {
          section,
          symbol: relocation.symbol.name,
        },
      );
    }
    values[i]!.set(slot, valueName(holder, entry.definition.spec, relocation));
  }
  return values;
}

function valueName(holder: ElfSection, map: MapSpec, { symbol }: ElfRelocation): string {
  const where = { section, symbol: map.name };
  const isMap = symbol.section === holder.index && symbol.type === symbolType.object;
  const fits = map.type === "prog_array" ? symbol.type === symbolType.func && symbol.section !== 0 : isMap;
  if (fits) return symbol.name;
  throw new SpecError(
    "SPEC_BAD_MAP",
    `map ${map.name}: its values name ${symbol.name || "a static symbol"}, which is no ${map.type === "prog_array" ? "program" : "map"} of this object that others can see`,
    where,
  );
}

function findRecord(btf: Btf, map: string, record: string | undefined): TypeId {
  if (record === undefined) return 0;
  const id = btf.find(record, valueKinds)[0];
  if (id !== undefined) return id;
  throw new SpecError("SPEC_BAD_MAP", `map ${map}: its record type ${record} is not in the object's BTF`, {
    section,
    symbol: map,
  });
}
