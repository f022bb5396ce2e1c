import type { Btf } from "../btf/btf.js";
import type { TypeId } from "../btf/types.js";
import type { CollectionSpec, MapSpec } from "../spec/spec.js";
import { structOpsMembers, structOpsPrograms } from "../spec/struct-ops-shadow.js";
import type { Locals } from "./codec.js";
import { type Extras, extraTypes, recordTypes } from "./extras.js";
import { type MapParameter, mapClass, mapClassNames } from "./maps.js";
import { Names } from "./names.js";
import { pointees } from "./pointees.js";
import { programNote } from "./programs.js";
import {
  type ArrayDeclaration,
  type EnumDeclaration,
  hasUnion,
  type Shape,
  type StructDeclaration,
  type U64,
} from "./shape.js";
import { Shapes } from "./types.js";
import { bytesText } from "./typescript.js";

/** A skeleton before it is printed. */
export interface SkeletonModel {
  /** The class. */
  readonly name: string;
  /** Name of the file that it was made from. */
  readonly source: string;
  readonly enums: readonly EnumDeclaration[];
  /** Codecs of arrays and structs, each before those that use it. */
  readonly arrays: readonly ArrayDeclaration[];
  readonly structs: readonly StructDeclaration[];
  readonly maps: readonly MapModel[];
  readonly programs: readonly ProgramModel[];
  readonly sections: CollectionSpec["sections"];
  readonly rodata: readonly VariableModel[];
  readonly globals: readonly VariableModel[];
  readonly structOps: readonly StructOpsModel[];
  /** Names of programs that members of structs of struct_ops may be. */
  readonly callbacks: readonly string[];
  /** Names of what the file declares for itself, and in its functions. */
  readonly own: { readonly object: string; readonly definition: string };
  readonly locals: Locals;
  /** Names of the types that a struct with unions is made from, by the struct's name. */
  readonly inits: ReadonlyMap<string, string>;
}

export interface MapModel {
  readonly name: string;
  readonly className: string;
  readonly shapes: readonly Shape[];
  /** What a map of maps holds; null for other kinds. */
  readonly inner: MapModel | null;
  readonly note: string;
}

export interface ProgramModel {
  readonly name: string;
  readonly note: string;
}

export interface VariableModel {
  readonly name: string;
  readonly section: string;
  readonly offset: number;
  readonly shape: Shape;
}

/** A struct of struct_ops, as it may be changed before load. */
export interface StructOpsModel {
  readonly name: string;
  readonly note: string;
  readonly members: readonly {
    readonly name: string;
    readonly offset: number;
    /** null for a program. */
    readonly shape: Shape | null;
  }[];
}

/** What a skeleton imports from the runtime, less the map classes. */
export const imports = {
  values: ["codecs", "Skeleton", "embeddedObject", "objectFile"],
  types: ["Codec", "OpenOptions", "SkeletonDefinition", "SkeletonProgram"],
} as const;

/** What a skeleton shows of an object. Pure: the same object gives the same model. @throws SkeletonError, BtfError */
export function modelOf(
  spec: CollectionSpec,
  {
    name,
    source,
    u64 = "bigint",
    extras = {},
  }: { readonly name: string; readonly source: string; readonly u64?: U64; readonly extras?: Extras },
): SkeletonModel {
  const own = ["Maps", "Programs", "Rodata", "Globals", "StructOps"].map((part) => `${name}${part}`);
  const names = new Names([...imports.values, ...imports.types, ...mapClassNames, name, ...own]);
  const { btf } = spec;
  const shapes = btf ? new Shapes(btf, names, u64) : null;
  // Enums cross as numbers too (a program's verdict, an array's index), so that no map may lead to their names.
  if (btf && shapes)
    for (const id of btf.ids())
      if (/^enum(64)?$/.test(btf.kind(id)) && btf.name(id) !== "") shapes.of(id, btf.name(id));
  const records = recordTypes(spec, extras);
  const maps = [...spec.maps.values()].filter(isNamed).map((m) => mapModel(m, shapes, records));
  for (const [type, id] of extraTypes(spec, extras)) shapes?.of(id, type);
  const variables = (constant: boolean): VariableModel[] =>
    [...spec.variables.values()]
      .filter((variable) => variable.constant === constant)
      .map(({ name: variable, section, offset, type, size }) => {
        const bytes: Shape = { kind: "bytes", bytes: size };
        const shape = shapes && type !== 0 ? shapes.of(type, variable) : bytes;
        return { name: variable, section, offset, shape };
      });
  const rodata = variables(true);
  const globals = variables(false);
  if (btf && shapes && [...spec.maps.values()].some(({ type }) => type === "arena"))
    for (const id of pointees(
      btf,
      [...spec.variables.values()].map(({ type }) => type),
    ))
      shapes.of(id, btf.name(id));
  const structOps = btf && shapes ? structOpsModels(spec, btf, shapes) : [];
  const structs = shapes?.structs ?? [];
  return {
    name,
    source,
    enums: shapes?.enums ?? [],
    arrays: shapes?.arrays ?? [],
    structs,
    maps,
    programs: [...spec.programs.values()].map((p) => ({
      name: p.name,
      note: programNote(p.section, p.type, p.autoload),
    })),
    sections: spec.sections,
    rodata,
    globals,
    structOps,
    callbacks: structOpsPrograms(spec).map((program) => program.name),
    inits: new Map(
      structs.filter((s) => hasUnion(s.members)).map((s) => [s.name, names.fresh(`${s.name}Init`)]),
    ),
    // Last, so that types keep the probe's names.
    own: { object: names.fresh("objectBytes"), definition: names.fresh("definition") },
    locals: {
      view: names.fresh("view"),
      at: names.fresh("at"),
      value: names.fresh("value"),
      length: names.fresh("length"),
      list: names.fresh("list"),
      element: names.fresh("element"),
      to: names.fresh("to"),
      map: names.fresh("map"),
    },
  };
}

function structOpsModels(spec: CollectionSpec, btf: Btf, shapes: Shapes): StructOpsModel[] {
  const maps = [...spec.maps.values()].filter(({ origin }) => origin === "struct_ops");
  return maps.map((map) => ({
    name: map.name,
    note: `struct ${btf.name(map.valueType)}.`,
    members: structOpsMembers(map, btf).map(({ name, offset, type, isProgram }) => ({
      name,
      offset,
      shape: isProgram ? null : shapes.of(type, `${map.name}_${name}`),
    })),
  }));
}

/** What a probe names: maps, and structs of struct_ops; not sections of globals. */
const isNamed = ({ origin }: MapSpec): boolean => origin === "declared" || origin === "struct_ops";

type RecordTypes = ReadonlyMap<string, TypeId>;

function mapModel(spec: MapSpec, shapes: Shapes | null, records: RecordTypes): MapModel {
  const wanted = mapClass(spec.type, spec.inner !== null);
  const found = wanted.parameters.map((parameter) => parameterShape(spec, parameter, shapes, records));
  const inner = wanted.ofMaps && spec.inner ? mapModel(spec.inner, shapes, records) : null;
  return { name: spec.name, className: wanted.name, shapes: found, inner, note: mapNote(spec) };
}

/** By its type; its bytes, where the object does not tell the type. */
function parameterShape(
  spec: MapSpec,
  parameter: MapParameter,
  shapes: Shapes | null,
  records: RecordTypes,
): Shape {
  const known: Readonly<Record<MapParameter, { readonly id: TypeId; readonly untyped: Shape }>> = {
    key: { id: spec.keyType, untyped: { kind: "bytes", bytes: spec.keySize } },
    value: { id: spec.valueType, untyped: { kind: "bytes", bytes: spec.valueSize } },
    record: { id: records.get(spec.name) ?? 0, untyped: { kind: "raw", bytes: 0 } },
  };
  const { id, untyped } = known[parameter];
  return shapes && id !== 0 ? shapes.of(id, `${spec.name}_${parameter}`) : untyped;
}

function mapNote(spec: MapSpec): string {
  const unit = spec.type === "arena" ? "pages" : spec.type.endsWith("ringbuf") ? "bytes" : "entries";
  const size = `${spec.maxEntries} ${unit}`;
  const sizes = [
    spec.keySize > 0 ? `keys of ${bytesText(spec.keySize)}` : "",
    spec.valueSize > 0 ? `values of ${bytesText(spec.valueSize)}` : "",
  ];
  const parts = [size, ...sizes].filter((part) => part !== "").join(", ");
  return `BPF_MAP_TYPE_${spec.type.toUpperCase()}: ${parts}.${spec.pinning === "by-name" ? " Pinned by its name." : ""}`;
}
