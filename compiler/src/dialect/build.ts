import type { BinaryOp, Expr, Place, Variable } from "./model/expressions.js";
import type { Loc } from "./model/location.js";
import {
  boolType,
  integers,
  isAggregate,
  type PointerType,
  pointerTo,
  type Space,
  type Type,
  voidType,
} from "./model/types.js";
import { I64 } from "./ranges.js";

// Small constructors for the model. They decide types, and report nothing.

/** A constant, typed as 64 bits; it adapts to what it meets. */
export const int = (
  value: bigint,
  loc: Loc,
  type: Type = value > I64.max ? integers.u64 : integers.i64,
): Expr => ({
  kind: "int",
  type,
  loc,
  value,
});

export const nullPointer = (type: PointerType, loc: Loc): Expr => ({ kind: "null", type, loc });

/** How memory at this place is reached. */
export function spaceOf(place: Place): Space {
  switch (place.kind) {
    case "field":
    case "element":
      return place.base.type.kind === "ptr" ? place.base.type.space : "direct";
    case "target":
      return place.pointer.type.kind === "ptr" ? place.pointer.type.space : "direct";
    case "global":
      return place.global.inArena ? "arena" : "direct";
    default:
      return "direct";
  }
}

/** The value of a constant index, converted or not. */
export function constantIndex(index: Expr): bigint | null {
  if (index.kind === "convert") return constantIndex(index.operand);
  return index.kind === "int" ? index.value : null;
}

/** Is the place part of a readonly global, or of the kernel's? */
export function isReadonly(place: Place): boolean {
  if (place.kind === "global") return place.global.constant;
  if (place.kind === "extern") return true;
  const part = place.kind === "field" || place.kind === "element";
  return part && place.base.kind === "address" && isReadonly(place.base.place);
}

/** May a helper write there? Not into a `const`, which the source says never changes. */
export const isFillable = (place: Place): boolean =>
  spaceOf(place) === "direct" &&
  !isReadonly(place) &&
  !(place.kind === "field" && place.field.bits !== null) &&
  !(place.kind === "variable" && place.variable.constant);

/** What a place holds, as a value: a scalar is loaded, an aggregate is its address. */
export function contentOf(place: Place): Expr {
  if (isAggregate(place.type)) return addressOf(place);
  return { kind: "read", type: loadedType(place), loc: place.loc, place };
}

/** A text or an array in an event: the verifier lets a context be read at fixed places only, but for `args`. */
const isInEvent = (place: Place): boolean =>
  place.kind === "field" && place.struct.event !== null && place.struct.event.registers.length === 0;

/** A pointer read from kernel memory leads on in the same way as the memory it was read from, but for events'. */
function loadedType(place: Place): Type {
  const { type } = place;
  if (type.kind === "ptr" && type.kptr) return pointerTo(type.to, "direct", true);
  if (type.kind !== "ptr" || place.kind !== "field" || place.struct.origin !== "kernel") return type;
  if (place.struct.event) return { ...type, space: type.space === "user" ? "user" : "probe" };
  return { ...type, space: spaceOf(place) };
}

/** The element of an array at an index. */
export const element = (base: Expr, index: Expr, type: Type, loc: Loc): Place & { kind: "element" } => ({
  kind: "element",
  base,
  index,
  type,
  loc,
  bound: { most: null },
});

export const addressOf = (place: Place): Expr => ({
  kind: "address",
  type: pointerTo(place.type, isInEvent(place) ? "probe" : spaceOf(place)),
  loc: place.loc,
  place,
});

export const readVariable = (variable: Variable, loc: Loc): Expr => ({
  kind: "read",
  type: variable.type,
  loc,
  place: { kind: "variable", type: variable.type, loc, variable },
});

export const convert = (operand: Expr, type: Type): Expr => ({
  kind: "convert",
  type,
  loc: operand.loc,
  operand,
});

export const discard = (loc: Loc): Expr => ({ kind: "int", type: voidType, loc, value: 0n });

export const binary = (op: BinaryOp, left: Expr, right: Expr, type: Type, loc: Loc): Expr => ({
  kind: "binary",
  op,
  left,
  right,
  type,
  loc,
});

export const truth = (value: boolean, loc: Loc): Expr => ({
  kind: "int",
  type: boolType,
  loc,
  value: value ? 1n : 0n,
});

/** What a variable, parameter or result of this declared type holds: aggregates by reference. */
export const heldType = (type: Type, space: Space = "direct"): Type =>
  isAggregate(type) ? pointerTo(type, space) : type;
