import type { Btf } from "../btf/btf.js";
import type { TypeId } from "../btf/types.js";
import type { CollectionSpec, MapSpec } from "../spec/spec.js";
import { mapClass } from "./maps.js";
import { Names } from "./names.js";
import { type EnumDeclaration, type Shape, Shapes, type StructDeclaration } from "./types.js";

/** A skeleton before it is printed. */
export interface SkeletonModel {
  readonly name: string;
  /** Name of the file that it was made from. */
  readonly source: string;
  readonly enums: readonly EnumDeclaration[];
  /** Each before those that hold it. */
  readonly structs: readonly StructDeclaration[];
  readonly maps: readonly MapModel[];
  readonly programs: readonly { readonly name: string; readonly section: string }[];
  readonly rodata: readonly VariableModel[];
  readonly globals: readonly VariableModel[];
}

export interface MapModel {
  readonly name: string;
  readonly className: string;
  readonly shapes: readonly Shape[];
  readonly note: string;
}

export interface VariableModel {
  readonly name: string;
  readonly section: string;
  readonly offset: number;
  readonly shape: Shape;
}

/** Names that the printed file uses itself. */
const OWN = [
  "codecs",
  "Codec",
  "Skeleton",
  "SkeletonProgram",
  "OpenOptions",
  "object",
  "definition",
  "ArrayMap",
  "HashMap",
  "LpmTrie",
  "LruHashMap",
  "LruPerCpuHashMap",
  "OpaqueMap",
  "PerCpuArray",
  "PerCpuHashMap",
  "Queue",
  "RingBuf",
  "Stack",
  "Buffer",
  "DataView",
  "Uint8Array",
  "Number",
];

/** What a skeleton shows of an object. Pure: the same object gives the same model. */
export function modelOf(spec: CollectionSpec, name: string, source: string): SkeletonModel {
  const names = new Names([
    ...OWN,
    name,
    `${name}Maps`,
    `${name}Programs`,
    `${name}Rodata`,
    `${name}Globals`,
  ]);
  const shapes = spec.btf ? new Shapes(spec.btf, names) : null;
  const maps = [...spec.maps.values()].filter((m) => m.origin === "declared").map((m) => mapModel(m, shapes));
  const variables: VariableModel[] = [];
  for (const variable of spec.variables.values()) {
    const shape = shapes && variable.type !== 0 ? shapes.of(variable.type, variable.name) : null;
    // A variable whose type the object does not tell cannot be shown.
    if (shape)
      variables.push({ name: variable.name, section: variable.section, offset: variable.offset, shape });
  }
  // Enums cross as numbers (a program's verdict, an array's index), so that nothing else leads to their names.
  if (spec.btf && shapes) for (const id of enumsOf(spec.btf)) shapes.of(id);
  const constant = (v: VariableModel): boolean => spec.variables.get(v.name)?.constant === true;
  return {
    name,
    source,
    enums: shapes?.enums ?? [],
    structs: shapes?.structs ?? [],
    maps,
    programs: [...spec.programs.values()].map((p) => ({ name: p.name, section: p.section })),
    rodata: variables.filter(constant),
    globals: variables.filter((v) => !constant(v)),
  };
}

const enumsOf = (btf: Btf): TypeId[] =>
  [...btf.ids()].filter((id) => /^enum(64)?$/.test(btf.kind(id)) && btf.name(id) !== "");

function mapModel(spec: MapSpec, shapes: Shapes | null): MapModel {
  const wanted = mapClass(spec);
  const types: Readonly<Record<"key" | "value" | "record", { readonly id: TypeId; readonly bytes: number }>> =
    {
      key: { id: spec.keyType, bytes: spec.keySize },
      value: { id: spec.valueType, bytes: spec.valueSize },
      record: { id: spec.recordType, bytes: 0 },
    };
  const found = wanted.parameters.map((parameter) => {
    const { id } = types[parameter];
    return shapes && id !== 0 ? shapes.of(id, `${spec.name}_${parameter}`) : null;
  });
  const typed = found.every((shape) => shape !== null);
  const size = spec.type === "ringbuf" ? `${spec.maxEntries} bytes` : `${spec.maxEntries} entries`;
  return {
    name: spec.name,
    className: typed ? wanted.name : "OpaqueMap",
    shapes: typed ? found.filter((shape) => shape !== null) : [],
    note: `BPF_MAP_TYPE_${spec.type.toUpperCase()}, ${size}.`,
  };
}
