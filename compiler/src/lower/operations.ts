import { alignOf } from "../dialect/model/layout.js";
import type { MapModel, Operations, OperationsMember } from "../dialect/model/model.js";
import * as ir from "../ir/index.js";
import type { TypeTable } from "./types.js";

const POINTER = 8;

/**
 * A variable of `.struct_ops`: the kernel's struct with nothing but the members that are set. The loader puts them
 * where the running kernel has them, by their names.
 */
export function lowerOperations(
  types: TypeTable,
  map: MapModel,
  { struct, link, members }: Operations,
): ir.GlobalVariable {
  const { module } = types;
  const { debug } = module;
  const parts: ir.Constant[] = [];
  const fields: ir.DIMember[] = [];
  let at = 0;
  const padTo = (alignment: number): void => {
    const padding = (alignment - (at % alignment)) % alignment;
    if (padding > 0) parts.push(ir.zero(ir.arrayType(ir.i8, padding)));
    at += padding;
  };
  for (const member of members) {
    padTo(member.kind === "program" ? POINTER : alignOf(member.type));
    fields.push({ name: member.name, type: memberType(types, member), offsetBits: at * 8 });
    parts.push(member.kind === "program" ? address(types, member.program) : ir.constBytes(member.bytes));
    at += member.kind === "program" ? POINTER : member.bytes.length;
  }
  padTo(POINTER);
  const described = debug.struct({ kind: "struct", name: struct, sizeBits: at * 8 });
  described.define(fields);
  const type = ir.structType(parts.map((p) => p.type));
  const global = module.global(map.name, type, {
    section: link ? ".struct_ops.link" : ".struct_ops",
    align: POINTER,
    initializer: ir.constStruct(type, parts),
    debug: debug.global({
      name: map.name,
      file: types.file(map.loc.file),
      line: map.loc.line,
      type: described,
    }),
  });
  module.keep(global);
  return global;
}

/** Whatever the function takes: the kernel's BTF says what its programs are given. */
function memberType(types: TypeTable, member: OperationsMember): ir.DIType {
  const { debug } = types.module;
  return member.kind === "value"
    ? types.member(member.type)
    : debug.pointer(debug.subroutine(debug.integer(32, true), [debug.pointer(null)]));
}

function address(types: TypeTable, program: string): ir.Constant {
  const known = types.module.named(program);
  if (!known) throw new ir.InternalError("ir-no-carrier", `no program ${program} for a member`);
  return known;
}
