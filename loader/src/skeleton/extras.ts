import { valueKinds } from "../btf/kinds.js";
import type { TypeId } from "../btf/types.js";
import type { CollectionSpec, MapSpec } from "../spec/spec.js";
import { SkeletonError } from "./error.js";
import { mapClass } from "./maps.js";

/** What a user adds to what an object says of itself. */
export interface Extras {
  /** Types to declare, by their names in the object's BTF. */
  readonly types?: readonly string[];
  /** The type of a map's records, by the map's name: of ring buffers and perf buffers, which C does not declare. */
  readonly records?: ReadonlyMap<string, string>;
}

/** @throws SkeletonError SKELETON_NO_TYPE */
export const extraTypes = (spec: CollectionSpec, { types = [] }: Extras): [name: string, id: TypeId][] =>
  types.map((name) => [name, typeNamed(spec, name)]);

/** Types of records, by the names of their maps. @throws SkeletonError SKELETON_NO_TYPE, SKELETON_NO_MAP */
export function recordTypes(spec: CollectionSpec, { records }: Extras): ReadonlyMap<string, TypeId> {
  const found = new Map([...spec.maps.values()].map((map) => [map.name, declaredRecord(map)]));
  for (const [map, type] of records ?? []) {
    const known = spec.maps.get(map);
    if (known === undefined || !sendsRecords(known)) throw noMap(spec, map);
    found.set(map, typeNamed(spec, type));
  }
  return found;
}

const sendsRecords = ({ type }: MapSpec): boolean => mapClass(type, false).parameters.includes("record");

/**
 * By its decl tag, else `__type(value, T)` of a ring buffer: it has no values, so that its records are meant. A perf
 * buffer does have values (files, of 4 bytes), which are no records.
 */
const declaredRecord = ({ type, recordType, valueType }: MapSpec): TypeId =>
  recordType === 0 && type.endsWith("ringbuf") ? valueType : recordType;

function noMap(spec: CollectionSpec, name: string): SkeletonError {
  const those = [...spec.maps.values()].filter(sendsRecords).map((map) => map.name);
  const have = those.length > 0 ? `those of this object are ${those.join(", ")}` : "this object has none";
  return new SkeletonError(
    "SKELETON_NO_MAP",
    `${JSON.stringify(name)} is no map that takes records: ${have}`,
  );
}

function typeNamed({ btf }: CollectionSpec, name: string): TypeId {
  const id = btf?.find(name, valueKinds)[0];
  if (id !== undefined) return id;
  throw new SkeletonError(
    "SKELETON_NO_TYPE",
    `the object's BTF has no type ${JSON.stringify(name)}. Clang keeps those of maps, globals and functions: ` +
      `a global \`const struct ${name} *unused_${name} __attribute__((unused));\` keeps this one`,
  );
}
