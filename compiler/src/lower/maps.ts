import { type MapType, mapTypes } from "@tsbpfc/loader";
import type { MapModel } from "../dialect/model/model.js";
import { mapClass } from "../dialect/stdlib-tables.js";
import * as ir from "../ir/index.js";
import type { TypeTable } from "./types.js";

/** A field of a `.maps` definition: libbpf reads it from BTF, so only its type matters. */
interface DefinitionField {
  readonly name: string;
  readonly type: ir.DIType;
}

/** BTF-defined maps in `.maps` (libbpf: `parse_btf_map_def`). */
export function lowerMaps(
  types: TypeTable,
  maps: readonly MapModel[],
): ReadonlyMap<MapModel, ir.GlobalVariable> {
  return new Map(maps.map((map) => [map, lowerMap(types, map)]));
}

function lowerMap(types: TypeTable, map: MapModel): ir.GlobalVariable {
  const { module } = types;
  const { debug } = module;
  const fields = definition(types, map);
  const struct = debug.struct({ kind: "struct", sizeBits: fields.length * 64 });
  struct.define(fields.map(({ name, type }, i) => ({ name, type, offsetBits: i * 64 })));
  const di = debug.global({
    name: map.name,
    file: types.file(map.loc.file),
    line: map.loc.line,
    type: struct,
    // The record's type is in no field: libbpf 1.1 passes a ring buffer's value type on, and the kernel refuses it.
    declTags: map.record ? [`tsbpfc:record=${map.record.name}`] : [],
  });
  const type = ir.structType(fields.map(() => ir.ptr));
  const global = module.global(map.name, type, {
    section: ".maps",
    align: 8,
    initializer: ir.zero(type),
    debug: di,
  });
  module.keep(global);
  return global;
}

function definition(types: TypeTable, map: MapModel): DefinitionField[] {
  const { debug } = types.module;
  const number = (name: string, value: number): DefinitionField => ({ name, type: debug.mapUint(value) });
  const pointer = (name: string, type: ir.DIType): DefinitionField => ({ name, type: debug.pointer(type) });
  const { key, value, mapKind } = map.type;
  const fields = [number("type", mapTypes[mapKind as MapType])];
  if (key) fields.push(pointer("key", types.member(key)));
  if (value && !map.record && !carriesRecords(map)) fields.push(pointer("value", types.member(value)));
  if (map.maxEntries > 0) fields.push(number("max_entries", map.maxEntries));
  if (map.flags !== 0) fields.push(number("map_flags", map.flags));
  if (map.numaNode !== null) fields.push(number("numa_node", map.numaNode));
  if (map.extra !== 0n) fields.push(number("map_extra", Number(map.extra)));
  if (map.pinning === "by-name") fields.push(number("pinning", LIBBPF_PIN_BY_NAME));
  return fields;
}

/** `enum libbpf_pin_type`. */
const LIBBPF_PIN_BY_NAME = 1;

/** Kinds whose element is not a value of the map. */
const carriesRecords = (map: MapModel): boolean => mapClass(map.type.className)?.value.kind === "record";
