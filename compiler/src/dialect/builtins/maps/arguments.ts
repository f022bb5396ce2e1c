import type { ts } from "ts-morph";
import { TSB } from "../../../diagnostics/catalogue.js";
import { addressOf, discard, int, isFillable } from "../../build.js";
import { placeOf } from "../../expressions/assignments.js";
import { inMemory } from "../../expressions/construct.js";
import { checkExpression, checkValue } from "../../expressions/index.js";
import type { Expr, MapExpr } from "../../model/expressions.js";
import { sizeOf } from "../../model/layout.js";
import {
  integers,
  isAggregate,
  pointerTo,
  sameType,
  type Type,
  typeName,
  voidType,
} from "../../model/types.js";
import type { Scope } from "../../scope.js";
import { mapClass } from "../../stdlib-tables.js";
import { helperCall } from "../helper-call.js";

/** The call of a map's method. */
export interface MapCall {
  readonly scope: Scope;
  readonly node: ts.CallExpression;
  readonly map: MapExpr;
  readonly method: string;
}

/** Checks the call; gives null where something was reported. */
export type MapMethod = (call: MapCall) => Expr | null;

export const valueOfMap = ({ map }: MapCall): Type => map.type.value ?? voidType;

/** What `lookup` gives: a value, or the map inside. */
export const found = (call: MapCall, nullable = true): Type =>
  pointerTo(valueOfMap(call), "direct", nullable);

/** The helper that the table of map classes names for this method. */
export function helperOf({ map, method }: MapCall): string {
  const [name] = mapClass(map.type.className)?.methods[method] ?? [];
  if (!name) throw new Error(`no helper for ${map.type.className}.${method}`);
  return name;
}

/** A call of that helper. */
export const calling = (call: MapCall, args: readonly Expr[], type: Type = integers.i64): Expr =>
  helperCall(call.scope, call.node, helperOf(call), args, type);

/** The same for a helper that gives nothing: whatever it leaves in r0 is not looked at. */
export function calledForNothing(call: MapCall, args: readonly Expr[]): Expr {
  const loc = call.scope.session.locate(call.node);
  return {
    kind: "sequence",
    statements: [{ kind: "expression", expression: calling(call, args), loc }],
    value: discard(loc),
    type: voidType,
    loc,
  };
}

/** Arguments by position, each made by its own rule; null if one is missing or wrong. */
export function given(call: MapCall, at: number, what: string): ts.Expression | null {
  const node = call.node.arguments[at];
  if (node) return node;
  const { scope } = call;
  scope.session.report(
    call.node,
    TSB.argumentCount(call.node.expression.getText(), what, call.node.arguments.length),
  );
  return null;
}

const unlessWrong = (expr: Expr): Expr | null => (expr.type.kind === "error" ? null : expr);

/** A key as memory; 32-bit indexes of array kinds likewise. */
export function keyAt(call: MapCall, at = 0): Expr | null {
  const node = given(call, at, "a key");
  const { key } = call.map.type;
  return node && key ? unlessWrong(inMemory(call.scope, node, key, "key")) : null;
}

/** A value to be read by the helper, as memory. */
export function valueAt(call: MapCall, at: number): Expr | null {
  const node = given(call, at, "a value");
  return node ? unlessWrong(inMemory(call.scope, node, valueOfMap(call), "value")) : null;
}

/** Memory of the value's type that the helper fills: an object, or a number's place. */
export function targetAt(call: MapCall, at: number, type = valueOfMap(call)): Expr | null {
  const node = given(call, at, "a target");
  if (!node) return null;
  const { scope } = call;
  if (isAggregate(type)) {
    const value = checkExpression(scope, node);
    if (value.type.kind === "error") return null;
    if (value.type.kind === "ptr" && value.type.space === "direct" && sameType(value.type.to, type))
      return value;
    const actual = value.type.kind === "ptr" ? value.type.to : value.type;
    scope.session.report(node, TSB.mismatch(`a value of type ${typeName(actual)}`, typeName(type)));
    return null;
  }
  const place = placeOf(scope, node);
  if (!place || place.type.kind === "error") return null;
  if (!isFillable(place)) {
    scope.session.report(node, TSB.notAssignable("This"));
    return null;
  }
  if (sameType(place.type, type)) return addressOf(place);
  scope.session.report(node, TSB.mismatch(`a value of type ${typeName(place.type)}`, typeName(type)));
  return null;
}

/** A number in a register. */
export function numberAt(call: MapCall, at: number, type: Type = integers.u64): Expr | null {
  const node = given(call, at, "a number");
  return node ? unlessWrong(checkValue(call.scope, node, type)) : null;
}

/** Flags, which may be left out. */
export function optionalAt(call: MapCall, at: number): Expr | null {
  const node = call.node.arguments[at];
  if (node) return unlessWrong(checkValue(call.scope, node, integers.u64));
  return int(0n, call.scope.session.locate(call.node), integers.u64);
}

/** A context, a socket, a task: a pointer that the helper knows how to take. */
export function objectAt(call: MapCall, at: number): Expr | null {
  const node = given(call, at, "an object");
  const value = node && unlessWrong(checkExpression(call.scope, node));
  if (!node || !value) return null;
  if (value.type.kind === "ptr") return value;
  call.scope.session.report(
    node,
    TSB.mismatch(`a value of type ${typeName(value.type)}`, "an object of the kernel's"),
  );
  return null;
}

/** The size of the value's type, for helpers that copy a record. */
export const recordSize = (call: MapCall): number => sizeOf(valueOfMap(call));

/** All of them, or null. */
export const all = <T>(list: readonly (T | null)[]): readonly T[] | null => {
  const there = list.filter((x) => x !== null);
  return there.length === list.length ? there : null;
};
