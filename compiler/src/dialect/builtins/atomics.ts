import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { tooOld } from "../ages.js";
import { constantIndex, isReadonly, spaceOf } from "../build.js";
import { placeOf } from "../expressions/assignments.js";
import { checkValue } from "../expressions/index.js";
import type { AtomicOp, Expr, Place } from "../model/expressions.js";
import { alignOf, sizeOf } from "../model/layout.js";
import { type EnumType, type IntType, isInteger, isReached, typeName } from "../model/types.js";
import type { Scope } from "../scope.js";
import { kernelFeatures } from "../stdlib-tables.js";
import type { Builtin } from "./index.js";

type AtomicPlace = Place & { readonly type: IntType | EnumType };

/** `atomic.add(place, value)`: what was there before, whether it is used or not. */
const operation =
  (op: AtomicOp): Builtin =>
  (scope, node) => {
    const [target, operand] = node.arguments;
    if (!target || !operand || node.arguments.length !== 2)
      return scope.fail(node, TSB.argumentCount(`atomic.${op}`, "2 arguments", node.arguments.length));
    const place = atomicPlace(scope, target);
    // The value is taken modulo the place's width, as in `+=`: a negative one subtracts.
    const value = place && checkValue(scope, operand, place.type);
    if (!place || !value || value.type.kind === "error") return scope.nothing(node);
    if (!supported(scope, node, op)) return scope.nothing(node);
    return { kind: "atomic", op, place, value, type: place.type, loc: scope.session.locate(node) };
  };

const compareExchange: Builtin = (scope, node) => {
  const [target, before, after] = node.arguments;
  if (!target || !before || !after || node.arguments.length !== 3)
    return scope.fail(
      node,
      TSB.argumentCount("atomic.compareExchange", "3 arguments", node.arguments.length),
    );
  const place = atomicPlace(scope, target);
  if (!place) return scope.nothing(node);
  const expected = checkValue(scope, before, place.type);
  const value = checkValue(scope, after, place.type);
  if (expected.type.kind === "error" || value.type.kind === "error") return scope.nothing(node);
  if (!supported(scope, node, "compareExchange")) return scope.nothing(node);
  const loc = scope.session.locate(node);
  return { kind: "compareExchange", place, expected, value, type: place.type, loc };
};

/** An aligned number of 32 or 64 bits, in memory that can be written. */
function atomicPlace(scope: Scope, node: ts.Expression): AtomicPlace | null {
  const place = placeOf(scope, node);
  if (!place || place.type.kind === "error") return null;
  const wrong = reasonAgainst(scope, place);
  const old =
    spaceOf(place) === "arena"
      ? tooOld(scope.session.target, "atomic in an arena", kernelFeatures.arenaAtomics)
      : null;
  if (old) scope.session.report(node, old);
  if (wrong === null && isInteger(place.type)) return { ...place, type: place.type };
  scope.session.report(node, TSB.atomicPlace(wrong ?? `a value of type ${typeName(place.type)}`));
  return null;
}

/** Is it part of an object that was made in this function? */
function isOnStack(scope: Scope, base: Expr): boolean {
  if (scope.isMadeHere(base)) return true;
  const place = base.kind === "address" ? base.place : null;
  return (place?.kind === "field" || place?.kind === "element") && isOnStack(scope, place.base);
}

function reasonAgainst(scope: Scope, place: Place): string | null {
  if (place.kind === "variable") return "a local variable, which nothing else can see";
  if (isReadonly(place)) return "a readonly global";
  if (!isReached(spaceOf(place)) || (place.kind === "field" && place.struct.origin !== "local"))
    return "the kernel's or a process's memory";
  if (place.kind === "element" && constantIndex(place.index) === null && isOnStack(scope, place.base))
    return "an element of an array on the stack, at an index that is not constant";
  if (place.kind === "field" && place.field.bits) return "a bit-field";
  const size = sizeOf(place.type);
  if (!isInteger(place.type) || size < 4) return `a value of type ${typeName(place.type)}`;
  if (place.kind === "field" && (alignOf(place.struct) < size || place.field.offset % size !== 0))
    return "a field of a packed class, which may lie across words";
  return null;
}

/**
 * Up to v2 there is only the addition without a result (BPF_XADD); the others came with BPF_FETCH, BPF_XCHG and
 * BPF_CMPXCHG.
 */
function supported(scope: Scope, node: ts.CallExpression, op: AtomicOp | "compareExchange"): boolean {
  const { target } = scope.session;
  const plain = op === "add" && isUnused(node);
  if (plain) return true;
  const what = op === "add" ? "atomic.add with its result" : `atomic.${op}`;
  if (target.cpu === "v1" || target.cpu === "v2") scope.session.report(node, TSB.cpuTooOld(what, target.cpu));
  else {
    const old = tooOld(target, what, kernelFeatures.atomicResults);
    if (!old) return true;
    scope.session.report(node, old);
  }
  return false;
}

/** A call that is a statement of its own. */
export function isUnused(node: ts.Expression): boolean {
  return ts.isParenthesizedExpression(node.parent)
    ? isUnused(node.parent)
    : ts.isExpressionStatement(node.parent);
}

export const atomics: Readonly<Record<string, Builtin>> = {
  ...Object.fromEntries(
    (["add", "sub", "and", "or", "xor", "exchange"] as const).map((op) => [`atomic.${op}`, operation(op)]),
  ),
  "atomic.compareExchange": compareExchange,
};
