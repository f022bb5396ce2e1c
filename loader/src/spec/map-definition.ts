import type { Btf } from "../btf/btf.js";
import { BtfError } from "../btf/error.js";
import type { BtfMember, BtfType, TypeId } from "../btf/types.js";
import { SpecError } from "./error.js";
import { mapTypeName } from "./kernel-enums.js";
import { newMap } from "./new-map.js";
import type { MapSpec } from "./spec.js";

/** `LIBBPF_PIN_NONE`, `LIBBPF_PIN_BY_NAME`. */
const pinnings: readonly MapSpec["pinning"][] = ["none", "by-name"];

/** What a map's struct says, as far as read. */
interface Draft {
  readonly btf: Btf;
  readonly name: string;
  readonly fields: Partial<Pick<Mutable<MapSpec>, Settable>>;
  /** Byte of the struct where `values` begins; null if it has none. */
  valuesOffset: number | null;
  inner: MapSpec | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Settable =
  | "type"
  | "keySize"
  | "valueSize"
  | "maxEntries"
  | "flags"
  | "extra"
  | "numaNode"
  | "pinning"
  | "keyType"
  | "valueType";

/** A map's definition, and where in its variable the static initialisers of `values` stand. */
export interface MapDefinition {
  readonly spec: MapSpec;
  readonly valuesOffset: number | null;
}

/**
 * Reads the struct that defines a map: `__uint(type, …)`, `__type(key, …)` and so on (bpf_helpers.h).
 *
 * @throws SpecError SPEC_BAD_MAP, naming the map and the field; BtfError
 */
export function readMapDefinition(btf: Btf, name: string, structId: TypeId, isInner: boolean): MapDefinition {
  const struct = btf.type(btf.resolve(structId));
  if (struct.kind !== "struct") throw bad(name, `it is defined by a ${struct.kind}; define it by a struct`);
  const draft: Draft = { btf, name, fields: {}, valuesOffset: null, inner: null };
  for (const [i, member] of struct.members.entries()) {
    const read = Object.hasOwn(readers, member.name) ? readers[member.name] : undefined;
    if (read === undefined) {
      throw bad(
        name,
        `the field ${JSON.stringify(member.name)} is not known; known are ${Object.keys(readers).join(", ")}`,
      );
    }
    if (member.name === "values" && (isInner || i !== struct.members.length - 1)) {
      throw bad(name, isInner ? "an inner map may not have values" : "values must be its last field");
    }
    read(draft, member);
  }
  const { fields } = draft;
  if (fields.type === undefined) throw bad(name, "it has no type; add __uint(type, BPF_MAP_TYPE_…)");
  const spec = newMap(name, fields.type, { ...fields, inner: draft.inner });
  return { spec, valuesOffset: draft.valuesOffset };
}

type Reader = (draft: Draft, member: BtfMember) => void;

const readers: Readonly<Record<string, Reader>> = {
  type: (draft, member) => {
    const value = u32(draft, member);
    const type = mapTypeName(value);
    if (type === null) throw bad(draft.name, `map type ${value} is not known`);
    draft.fields.type = type;
  },
  max_entries: (draft, member) => {
    draft.fields.maxEntries = u32(draft, member);
  },
  map_flags: (draft, member) => {
    draft.fields.flags = u32(draft, member);
  },
  numa_node: (draft, member) => {
    draft.fields.numaNode = u32(draft, member);
  },
  map_extra: (draft, member) => {
    draft.fields.extra = constant(draft, member);
  },
  pinning: (draft, member) => {
    const value = u32(draft, member);
    const pinning = pinnings[value];
    if (pinning === undefined)
      throw bad(draft.name, `pinning ${value} is not known; use LIBBPF_PIN_BY_NAME (1)`);
    draft.fields.pinning = pinning;
  },
  key_size: (draft, member) => setSize(draft, "keySize", u32(draft, member)),
  value_size: (draft, member) => setSize(draft, "valueSize", u32(draft, member)),
  key: (draft, member) => {
    draft.fields.keyType = pointee(draft, member);
    setSize(draft, "keySize", sized(draft, member, draft.fields.keyType));
  },
  value: (draft, member) => {
    draft.fields.valueType = pointee(draft, member);
    setSize(draft, "valueSize", sized(draft, member, draft.fields.valueType));
  },
  values: (draft, member) => {
    const array = typeOf(draft, member.type);
    const element = array.kind === "array" ? typeOf(draft, array.type) : array;
    if (array.kind !== "array" || element.kind !== "ptr") {
      throw bad(draft.name, "values must be an array of pointers; write __array(values, …)");
    }
    draft.valuesOffset = member.bitOffset / 8;
    const target = typeOf(draft, element.type);
    // What values point to: programs of a prog array, or maps that look like this one.
    if (target.kind === "func_proto") {
      if (draft.fields.type !== "prog_array")
        throw bad(draft.name, "only a prog array may have functions as values");
    } else if (draft.fields.type === "array_of_maps" || draft.fields.type === "hash_of_maps") {
      draft.inner = readMapDefinition(draft.btf, `${draft.name}.inner`, element.type, true).spec;
      setSize(draft, "valueSize", 4);
    } else {
      throw bad(
        draft.name,
        `a map of type ${draft.fields.type ?? "(none before values)"} may not have values`,
      );
    }
    if (draft.fields.type === "prog_array") setSize(draft, "valueSize", 4);
  },
};

function setSize(draft: Draft, field: "keySize" | "valueSize", size: number): void {
  const known = draft.fields[field];
  if (known !== undefined && known !== size) {
    throw bad(
      draft.name,
      `its ${field === "keySize" ? "key" : "value"} has ${known} bytes in one place and ${size} in another`,
    );
  }
  draft.fields[field] = size;
}

function u32(draft: Draft, member: BtfMember): number {
  const value = constant(draft, member);
  if (value >= 0n && value <= 0xffff_ffffn) return Number(value);
  throw bad(draft.name, `${member.name} is ${value}, which does not fit 32 bits`);
}

/** `__uint(n, v)` is a pointer to an array of v elements; `__ulong(n, v)` an enum whose one value is v. */
function constant(draft: Draft, member: BtfMember): bigint {
  const type = typeOf(draft, member.type);
  if (type.kind === "ptr") {
    const array = typeOf(draft, type.type);
    if (array.kind === "array") return BigInt(array.length);
  }
  const [first] = type.kind === "enum" || type.kind === "enum64" ? type.values : [];
  if (first !== undefined) return BigInt.asUintN(64, first.value);
  throw bad(draft.name, `${member.name} is not a constant; write __uint(${member.name}, …)`);
}

function pointee(draft: Draft, member: BtfMember): TypeId {
  const type = typeOf(draft, member.type);
  if (type.kind === "ptr") return type.type;
  throw bad(draft.name, `${member.name} is not a type; write __type(${member.name}, …)`);
}

function sized(draft: Draft, member: BtfMember, type: TypeId): number {
  try {
    return draft.btf.size(type);
  } catch (error) {
    if (error instanceof BtfError && error.code === "BTF_NO_SIZE") {
      throw bad(draft.name, `the type of its ${member.name} has no size; is it declared only?`);
    }
    throw error;
  }
}

function typeOf(draft: Draft, id: TypeId): BtfType {
  return draft.btf.type(draft.btf.resolve(id));
}

function bad(map: string, what: string): SpecError {
  return new SpecError("SPEC_BAD_MAP", `map ${map}: ${what}`, { section: ".maps", symbol: map });
}
