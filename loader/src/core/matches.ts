import { essentialName } from "../btf/strings.js";
import type { BtfMember, BtfType, TypeId } from "../btf/types.js";
import { isEnum, maxDepth, nameOf, type Side, typeOf } from "./compatible.js";

/**
 * Does the target's type match the local one, as `bpf_core_type_matches` asks: every member, enumerator and
 * parameter of the local type is there with a matching type? Behind a pointer, names suffice for structs and
 * unions (__bpf_core_types_match in tools/lib/bpf/relo_core.c).
 */
export function typesMatch(local: Side, target: Side, behindPointer = false, depth = 0): boolean {
  if (depth > maxDepth) return false;
  const a = typeOf(local);
  const b = typeOf(target);
  if (nameOf(a) !== nameOf(b)) return false;
  const into = (x: TypeId, y: TypeId, pointer: boolean): boolean =>
    typesMatch({ btf: local.btf, id: x }, { btf: target.btf, id: y }, pointer, depth + 1);
  switch (a.kind) {
    case "void":
      return b.kind === "void";
    case "fwd":
      return matchesDeclaration(a.union, b, behindPointer);
    case "struct":
    case "union":
      if (!behindPointer) return b.kind === a.kind && membersMatch(a.members, b.members, into);
      return b.kind === a.kind || (b.kind === "fwd" && b.union === (a.kind === "union"));
    case "enum":
    case "enum64":
      return isEnum(b.kind) && "values" in b && a.values.every((v) => hasName(b.values, v.name));
    case "int":
      return b.kind === "int" && a.bits === b.bits && (a.encoding === "signed") === (b.encoding === "signed");
    case "ptr":
      return b.kind === "ptr" && into(a.type, b.type, true);
    case "array":
      return b.kind === "array" && a.length === b.length && into(a.type, b.type, behindPointer);
    case "func_proto":
      return (
        b.kind === "func_proto" &&
        a.params.length === b.params.length &&
        a.params.every((p, i) => into(p.type, b.params[i]!.type, behindPointer)) &&
        into(a.returns, b.returns, behindPointer)
      );
    default:
      return false;
  }
}

function matchesDeclaration(union: boolean, target: BtfType, behindPointer: boolean): boolean {
  if (target.kind === "fwd") return target.union === union;
  return behindPointer && target.kind === (union ? "union" : "struct");
}

function membersMatch(
  local: readonly BtfMember[],
  target: readonly BtfMember[],
  into: (x: TypeId, y: TypeId, pointer: boolean) => boolean,
): boolean {
  if (local.length > target.length) return false;
  return local.every((m) =>
    target.some((t) => essentialName(t.name) === essentialName(m.name) && into(m.type, t.type, false)),
  );
}

function hasName(values: readonly { readonly name: string }[], name: string): boolean {
  return values.some((value) => essentialName(value.name) === essentialName(name));
}
