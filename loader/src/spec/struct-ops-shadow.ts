import type { Btf } from "../btf/btf.js";
import type { TypeId } from "../btf/types.js";
import { SpecError } from "./error.js";
import type { CollectionSpec, MapSpec, ProgramSpec } from "./spec.js";

/** A member of a struct_ops variable, laid out as the object's own struct. */
export interface StructOpsMember {
  readonly name: string;
  /** Bytes, in the map's `contents`. */
  readonly offset: number;
  readonly size: number;
  /** In the object's BTF. */
  readonly type: TypeId;
  /** A pointer to a function: its value is a program, by name. */
  readonly isProgram: boolean;
}

/** The members of a struct_ops map that have a name and are no bit-fields. @throws BtfError */
export function structOpsMembers(map: MapSpec, btf: Btf): readonly StructOpsMember[] {
  const struct = btf.type(map.valueType);
  if (map.origin !== "struct_ops" || struct.kind !== "struct") return [];
  return struct.members
    .filter(({ name, bitfieldSize }) => name !== "" && bitfieldSize === 0)
    .map(({ name, bitOffset, type }) => {
      const target = btf.type(btf.resolve(type));
      const isProgram = target.kind === "ptr" && btf.kind(btf.resolve(target.type)) === "func_proto";
      return { name, offset: bitOffset / 8, size: btf.size(type), type, isProgram };
    });
}

/** What a program member may be: any program of struct_ops. */
export const structOpsPrograms = ({ programs }: CollectionSpec): readonly ProgramSpec[] =>
  [...programs.values()].filter(({ type }) => type === "struct_ops");

/**
 * A struct_ops variable of a spec by its members, to be changed before load: libbpf calls it a shadow type. What is
 * written here is the spec's `contents` and `values`.
 */
export class StructOpsShadow {
  readonly members: ReadonlyMap<string, StructOpsMember>;
  readonly #spec: CollectionSpec;
  readonly #map: MapSpec;

  /** @throws SpecError SPEC_BAD_STRUCT_OPS if the object has no such variable */
  constructor(spec: CollectionSpec, name: string) {
    const map = spec.maps.get(name);
    if (map?.origin !== "struct_ops" || spec.btf === null) throw bad(name, "the object has no such struct");
    this.#spec = spec;
    this.#map = map;
    this.members = new Map(structOpsMembers(map, spec.btf).map((member) => [member.name, member]));
  }

  /** The program of a member; null if it has none. @throws SpecError SPEC_BAD_STRUCT_OPS */
  program(member: string): string | null {
    return this.#map.values.get(this.#find(member, true).offset) ?? null;
  }

  /** @param program its name; null: none. @throws SpecError SPEC_BAD_STRUCT_OPS */
  setProgram(member: string, program: string | null): void {
    const { offset } = this.#find(member, true);
    if (program === null) this.#map.values.delete(offset);
    else if (this.#spec.programs.get(program)?.type === "struct_ops") this.#map.values.set(offset, program);
    else
      throw bad(
        this.#map.name,
        `${program} is no program of struct_ops; there are ${structOpsPrograms(this.#spec)
          .map(({ name }) => name)
          .join(", ")}`,
      );
  }

  /** The bytes of a member that is no program: live, in the object's byte order. @throws SpecError SPEC_BAD_STRUCT_OPS */
  bytes(member: string): Uint8Array {
    const { offset, size } = this.#find(member, false);
    return (this.#map.contents ?? new Uint8Array(offset + size)).subarray(offset, offset + size);
  }

  #find(name: string, isProgram: boolean): StructOpsMember {
    const found = this.members.get(name);
    if (found?.isProgram === isProgram) return found;
    const what = isProgram ? "program" : "data";
    throw bad(this.#map.name, found ? `member '${name}' is no ${what}` : `it has no member '${name}'`);
  }
}

function bad(map: string, what: string): SpecError {
  return new SpecError("SPEC_BAD_STRUCT_OPS", `struct_ops map ${map}: ${what}`, { symbol: map });
}
