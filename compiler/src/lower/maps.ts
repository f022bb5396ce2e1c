import { type MapType, mapTypes } from "@tsbpfc/loader";
import type { MapModel } from "../dialect/model/model.js";
import { mapClass } from "../dialect/stdlib-tables.js";
import * as ir from "../ir/index.js";
import { lowerOperations } from "./operations.js";
import type { TypeTable } from "./types.js";

/** A field of a `.maps` definition: libbpf reads it from BTF, so only its type matters. */
interface DefinitionField {
  readonly name: string;
  readonly type: ir.DIType;
}

/** BTF-defined maps in `.maps` (libbpf: `parse_btf_map_def`). Programs that fill slots are declared before. */
export function lowerMaps(
  types: TypeTable,
  maps: readonly MapModel[],
): ReadonlyMap<MapModel, ir.GlobalVariable> {
  const lowered = new Map<MapModel, ir.GlobalVariable>();
  // Maps that others hold come first: an initialiser names them.
  for (const map of [...maps].sort((a, b) => Number(a.inner !== null) - Number(b.inner !== null)))
    lowered.set(map, map.operations ? lowerOperations(types, map, map.operations) : lowerMap(types, map));
  return lowered;
}

function lowerMap(types: TypeTable, map: MapModel): ir.GlobalVariable {
  const { module } = types;
  const { debug } = module;
  const fields = definition(types, map);
  const slots = slotsOf(types, map);
  const all = slots ? [...fields, { name: "values", type: slots }] : fields;
  const struct = debug.struct({ kind: "struct", sizeBits: fields.length * 64 });
  struct.define(all.map(({ name, type }, i) => ({ name, type, offsetBits: i * 64 })));
  const di = debug.global({
    name: map.name,
    file: types.file(map.loc.file),
    line: map.loc.line,
    type: struct,
    // The record's type is in no field: libbpf 1.1 passes a ring buffer's value type on, and the kernel refuses it.
    declTags: map.record ? [`tsbpfc:record=${map.record.name}`] : [],
  });
  const values = map.values.map((name) => symbol(types, name));
  const list = ir.arrayType(ir.ptr, values.length);
  const type = ir.structType([...fields.map(() => ir.ptr), ...(values.length > 0 ? [list] : [])]);
  const global = module.global(map.name, type, {
    section: ".maps",
    align: 8,
    initializer:
      values.length === 0
        ? ir.zero(type)
        : ir.constStruct(type, [...fields.map(() => ir.nullPtr), ir.constArray(ir.ptr, values)]),
    debug: di,
  });
  module.keep(global);
  return global;
}

function symbol(types: TypeTable, name: string): ir.Constant {
  const known = types.module.named(name);
  if (!known) throw new ir.InternalError("ir-no-carrier", `no symbol ${name} for a slot`);
  return known;
}

/** The type of `values`: an array, of no length said, of pointers to maps as the inner one or to programs. */
function slotsOf(types: TypeTable, map: MapModel): ir.DIType | null {
  const { debug } = types.module;
  if (map.inner) {
    const fields = definition(types, map.inner);
    const inner = debug.struct({ kind: "struct", sizeBits: fields.length * 64 });
    inner.define(fields.map(({ name, type }, i) => ({ name, type, offsetBits: i * 64 })));
    return debug.array(debug.pointer(inner), 0);
  }
  if (map.type.mapKind !== "prog_array" || map.values.length === 0) return null;
  return debug.array(debug.pointer(debug.subroutine(debug.integer(32, true), [debug.pointer(null)])), 0);
}

function definition(types: TypeTable, map: MapModel): DefinitionField[] {
  const { debug } = types.module;
  const number = (name: string, value: number): DefinitionField => ({ name, type: debug.mapUint(value) });
  const pointer = (name: string, type: ir.DIType): DefinitionField => ({ name, type: debug.pointer(type) });
  const { key, value, mapKind } = map.type;
  const fields = [number("type", mapTypes[mapKind as MapType])];
  if (key) fields.push(pointer("key", types.member(key)));
  if (value && !map.record && !carriesNoValue(map)) fields.push(pointer("value", types.member(value)));
  const valueSize = mapClass(map.type.className)?.valueSize ?? null;
  if (valueSize !== null) fields.push(number("value_size", valueSize));
  if (map.maxEntries > 0) fields.push(number("max_entries", map.maxEntries));
  if (map.flags !== 0) fields.push(number("map_flags", map.flags));
  if (map.numaNode !== null) fields.push(number("numa_node", map.numaNode));
  if (map.extra !== 0n) fields.push(number("map_extra", Number(map.extra)));
  if (map.pinning === "by-name") fields.push(number("pinning", LIBBPF_PIN_BY_NAME));
  return fields;
}

/** `enum libbpf_pin_type`. */
const LIBBPF_PIN_BY_NAME = 1;

/** Kinds whose element is not a value of the map: a record, or a map, which is a file descriptor to the kernel. */
const carriesNoValue = (map: MapModel): boolean => {
  const kind = mapClass(map.type.className)?.value.kind;
  return kind === "record" || kind === "inner";
};
