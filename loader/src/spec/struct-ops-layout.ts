import type { Btf } from "../btf/btf.js";
import { essentialName } from "../btf/strings.js";
import type { BtfMember, BtfType, TypeId } from "../btf/types.js";
import { SpecError } from "./error.js";
import type { MapSpec } from "./spec.js";

/** Kernel: `struct bpf_struct_ops_<name>` is what the map holds: a header, and the struct itself. */
const valuePrefix = "bpf_struct_ops_";

/** A struct_ops variable in the terms of one kernel. */
export interface StructOpsLayout {
  /** The kernel's or module's BTF that has the types. */
  readonly btf: Btf;
  /** `struct bpf_struct_ops_x`, the map's value, and its bytes. */
  readonly valueType: TypeId;
  readonly valueSize: number;
  /** `struct x`: what the programs are for. */
  readonly structType: TypeId;
  /** The map's value; functions are zero. */
  readonly contents: Uint8Array;
  readonly functions: readonly StructOpsFunction[];
}

export interface StructOpsFunction {
  readonly program: string;
  /** Member of the kernel's struct: its index, and its byte in the map's value. */
  readonly member: number;
  readonly offset: number;
}

/**
 * Lays a struct_ops variable out as the kernel's struct, member by member by name: the object's may have fewer of
 * them, or in another order. A member that the kernel lacks must be zero.
 *
 * @param kernelBtfs the kernel's BTF, then its modules'
 * @throws SpecError SPEC_BAD_STRUCT_OPS if the kernel has no such struct, or a member that does not fit
 */
export function layoutStructOps(map: MapSpec, objectBtf: Btf, kernelBtfs: readonly Btf[]): StructOpsLayout {
  const name = essentialName(objectBtf.name(map.valueType));
  const struct = objectBtf.type(map.valueType);
  if (struct.kind !== "struct" || map.contents === null) throw bad(map, "it is not a struct with a value");
  const found = findTypes(name, kernelBtfs);
  if (found === null) throw bad(map, `this kernel has no struct_ops '${name}'`);
  const { btf, valueType, structType, dataOffset } = found;
  const contents = new Uint8Array(btf.size(valueType));
  const functions: StructOpsFunction[] = [];
  const target = btf.type(structType);
  const members = target.kind === "struct" ? target.members : [];
  for (const member of struct.members) {
    const size = objectBtf.size(member.type);
    const at = member.bitOffset / 8;
    if (member.bitfieldSize > 0) throw bad(map, `bit-field '${member.name}' is not supported`);
    const bytes = map.contents.subarray(at, at + size);
    const program = map.values.get(at);
    const index = members.findIndex((m) => m.name === essentialName(member.name));
    const kernelMember = members[index];
    if (kernelMember === undefined) {
      if (program === undefined && bytes.every((byte) => byte === 0)) continue;
      throw bad(map, `this kernel's ${name} has no member '${member.name}', which is set`);
    }
    checkMember(map, member, objectBtf, kernelMember, btf);
    const offset = dataOffset + kernelMember.bitOffset / 8;
    if (program !== undefined) functions.push({ program, member: index, offset });
    else contents.set(bytes, offset);
  }
  if (functions.length !== map.values.size) throw bad(map, "a program stands where no member begins");
  return { btf, valueType, valueSize: contents.length, structType, contents, functions };
}

interface Found {
  readonly btf: Btf;
  readonly valueType: TypeId;
  readonly structType: TypeId;
  readonly dataOffset: number;
}

/** The struct, and the one around it: both of the same BTF, since a module defines them together. */
function findTypes(name: string, kernelBtfs: readonly Btf[]): Found | null {
  for (const btf of kernelBtfs) {
    for (const valueType of btf.find(`${valuePrefix}${name}`, ["struct"])) {
      const value = btf.type(valueType);
      const data = value.kind === "struct" ? value.members.find((m) => isStruct(btf, m, name)) : undefined;
      if (data === undefined) continue;
      return { btf, valueType, structType: btf.resolve(data.type), dataOffset: data.bitOffset / 8 };
    }
  }
  return null;
}

function isStruct(btf: Btf, member: BtfMember, name: string): boolean {
  const id = btf.resolve(member.type);
  return btf.kind(id) === "struct" && btf.name(id) === name;
}

function checkMember(map: MapSpec, local: BtfMember, localBtf: Btf, kernel: BtfMember, btf: Btf): void {
  const [a, b] = [localBtf.type(localBtf.resolve(local.type)), btf.type(btf.resolve(kernel.type))];
  const fits = isFunction(a, localBtf)
    ? isFunction(b, btf)
    : a.kind === b.kind && localBtf.size(local.type) === btf.size(kernel.type);
  if (fits && kernel.bitfieldSize === 0) return;
  throw bad(map, `member '${local.name}' has another type than this kernel's`);
}

function isFunction(type: BtfType, btf: Btf): boolean {
  return type.kind === "ptr" && btf.kind(btf.resolve(type.type)) === "func_proto";
}

function bad(map: MapSpec, what: string): SpecError {
  return new SpecError("SPEC_BAD_STRUCT_OPS", `struct_ops map ${map.name}: ${what}`, { symbol: map.name });
}
