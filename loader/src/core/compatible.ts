import type { Btf } from "../btf/btf.js";
import { essentialName } from "../btf/strings.js";
import type { BtfKind, BtfType, TypeId } from "../btf/types.js";

/** Types nest no deeper than this; what does is taken for incompatible (libbpf and the kernel stop at 32). */
export const maxDepth = 32;

/** A type of either side. */
export interface Side {
  readonly btf: Btf;
  readonly id: TypeId;
}

export function typeOf({ btf, id }: Side): BtfType {
  return btf.type(btf.resolve(id));
}

export function isEnum(kind: BtfKind): boolean {
  return kind === "enum" || kind === "enum64";
}

/** Kinds that may stand for each other: the same, or enums of either width. */
export function sameKind(a: BtfKind, b: BtfKind): boolean {
  return a === b || (isEnum(a) && isEnum(b));
}

/**
 * May a field of the target stand for the local one? Integers of any size may, pointers to whatever, structs
 * whatever they hold; enums and forward declarations if their names agree. What bpf_core_fields_are_compat
 * in tools/lib/bpf/relo_core.c lays down.
 */
export function fieldsCompatible(local: Side, target: Side, depth = 0): boolean {
  const a = typeOf(local);
  const b = typeOf(target);
  if (isComposite(a.kind) && isComposite(b.kind)) return true;
  if (!sameKind(a.kind, b.kind) || depth > maxDepth) return false;
  if (a.kind === "int" && b.kind === "int") return a.bitOffset === 0 && b.bitOffset === 0;
  if (a.kind === "array" && b.kind === "array") {
    return fieldsCompatible({ btf: local.btf, id: a.type }, { btf: target.btf, id: b.type }, depth + 1);
  }
  if (isEnum(a.kind) || a.kind === "fwd") {
    const [x, y] = [nameOf(a), nameOf(b)];
    return x === "" || y === "" || x === y;
  }
  return a.kind === "ptr" || a.kind === "float";
}

/**
 * Is the target's type one that `bpf_core_type_exists` accepts for the local one? Names of what it is made of
 * are not compared (bpf_core_types_are_compat).
 */
export function typesCompatible(local: Side, target: Side, depth = 0): boolean {
  const a = typeOf(local);
  const b = typeOf(target);
  if (!sameKind(a.kind, b.kind) || depth > maxDepth) return false;
  const into = (x: TypeId, y: TypeId): boolean =>
    typesCompatible({ btf: local.btf, id: x }, { btf: target.btf, id: y }, depth + 1);
  if (a.kind === "int" && b.kind === "int") return a.bitOffset === 0 && b.bitOffset === 0;
  if (a.kind === "ptr" && b.kind === "ptr") return into(a.type, b.type);
  if (a.kind === "array" && b.kind === "array") return into(a.type, b.type);
  if (a.kind === "func_proto" && b.kind === "func_proto") {
    const same = a.params.length === b.params.length;
    return same && a.params.every((p, i) => into(p.type, b.params[i]!.type)) && into(a.returns, b.returns);
  }
  return structural.has(a.kind);
}

const structural: ReadonlySet<BtfKind> = new Set(["void", "struct", "union", "enum", "enum64", "fwd"]);

function isComposite(kind: BtfKind): boolean {
  return kind === "struct" || kind === "union";
}

/** A type's name less its flavour; empty where the kind has none. */
export function nameOf(type: BtfType): string {
  return "name" in type ? essentialName(type.name) : "";
}
