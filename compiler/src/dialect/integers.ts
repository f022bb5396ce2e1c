import type { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { binary, convert, int, readVariable } from "./build.js";
import { fold } from "./constants.js";
import type { BinaryOp, CompareOp, Expr } from "./model/expressions.js";
import type { Loc } from "./model/location.js";
import { boolType, type IntType, integers, isInteger, type Type, typeName } from "./model/types.js";
import { I64, rangeOf, U64 } from "./ranges.js";
import type { Scope } from "./scope.js";

// The one rule of section 3: arithmetic happens in 64 bits, unsigned if an operand is u64.

const isU64 = (expr: Expr): boolean => isInteger(expr.type) && expr.type.bits === 64 && !expr.type.signed;
const isConstant = (expr: Expr): expr is Expr & { kind: "int" } => expr.kind === "int";

/** The type that `left op right` is computed in. */
export function computedType(left: Expr, right: Expr): IntType {
  // A constant adapts to the other side; only one that needs it makes a result unsigned.
  const decides = (expr: Expr): boolean => (isConstant(expr) ? expr.value > I64.max : isU64(expr));
  return decides(left) || decides(right) ? integers.u64 : integers.i64;
}

/** Widened to the 64 bits that the operator works on. */
function widen(expr: Expr, type: IntType): Expr {
  if (isConstant(expr))
    return {
      ...expr,
      value: type.signed ? BigInt.asIntN(64, expr.value) : BigInt.asUintN(64, expr.value),
      type,
    };
  return isInteger(expr.type) && expr.type.bits === 64 && expr.type.signed === type.signed
    ? expr
    : convert(expr, type);
}

export function arithmetic(scope: Scope, op: BinaryOp, left: Expr, right: Expr, node: ts.Node): Expr {
  const loc = scope.session.locate(node);
  if (left.type.kind === "error" || right.type.kind === "error") return scope.nothing(node);
  const unheld = [left, right].find((e) => isConstant(e) && (e.value < I64.min || e.value > U64.max));
  if (unheld?.kind === "int" && !(isConstant(left) && isConstant(right)))
    return scope.fail(node, TSB.outOfRange(`${unheld.value}`, "64 bits", `${I64.min}`, `${U64.max}`));
  if (!isInteger(left.type) || !isInteger(right.type)) {
    const wrong = isInteger(left.type) ? right : left;
    return scope.fail(node, TSB.mismatch(`a value of type ${typeName(wrong.type)}`, "a number"));
  }
  const shift = op === "<<" || op === ">>" || op === ">>>";
  if (isConstant(right)) {
    if (shift && (right.value < 0n || right.value > 63n))
      return scope.fail(node, TSB.constantShift(`${right.value}`));
    if ((op === "/" || op === "%") && right.value === 0n) return scope.fail(node, TSB.divisionByZero(op));
    if (isConstant(left)) {
      const value = fold(op, left.value, right.value);
      if (value !== null) return int(value, loc);
    }
  }
  if (shift) return shifted(op, left, right, loc);
  const type = computedType(left, right);
  if ((op === "/" || op === "%") && !type.signed && (mayBeNegative(left) || mayBeNegative(right)))
    return scope.fail(node, TSB.signedDivision(op));
  return binary(op, widen(left, type), widen(right, type), type, loc);
}

/** What a shift is computed in: to the right, the count does not decide whether the sign is kept. */
function shiftedType(op: BinaryOp, left: Expr, right: Expr): IntType {
  if (op === ">>>") return integers.u64;
  return op === "<<" ? computedType(left, right) : computedType(left, left);
}

/** Signed shifts right keep the sign; `>>>` and unsigned ones do not. The count is taken modulo 64. */
function shifted(op: BinaryOp, left: Expr, right: Expr, loc: Loc): Expr {
  const type = shiftedType(op, left, right);
  const count = isConstant(right)
    ? int(right.value, loc, integers.u64)
    : binary("&", convert(right, integers.u64), int(63n, loc, integers.u64), integers.u64, loc);
  return binary(op, widen(left, type), count, type, loc);
}

const mayBeNegative = (expr: Expr): boolean => rangeOf(expr).min < 0n;

/**
 * A mathematical comparison: right whatever the signs. Both sides are widened to one signedness where that
 * keeps their values; a u64 against a value that may be negative asks for the sign first.
 */
export function comparison(scope: Scope, op: CompareOp, left: Expr, right: Expr, node: ts.Node): Expr {
  const loc = scope.session.locate(node);
  const a = rangeOf(left);
  const b = rangeOf(right);
  if (isConstant(left) && isConstant(right))
    return int(holds(op, left.value, right.value) ? 1n : 0n, loc, boolType);
  const compare = (type: IntType): Expr => ({
    kind: "compare",
    op,
    left: widen(left, type),
    right: widen(right, type),
    type: boolType,
    loc,
  });
  if (a.min >= 0n && b.min >= 0n) {
    // Unsigned unless a side is a signed value in memory: then both fit i64, and signed says the same.
    return compare(integers.u64);
  }
  if (a.max <= I64.max && b.max <= I64.max) return compare(integers.i64);
  // One side is a u64, the other may be negative.
  const outside = (constant: Expr, range: { min: bigint; max: bigint }): boolean =>
    isConstant(constant) && (constant.value < range.min || constant.value > range.max);
  if (outside(right, U64) && !mayBeNegative(left))
    return known(op === "!=" || op === ">" || op === ">=", left, loc);
  if (outside(left, U64) && !mayBeNegative(right))
    return known(op === "!=" || op === "<" || op === "<=", right, loc);
  const a64 = scope.hidden("left", mayBeNegative(left) ? integers.i64 : integers.u64, loc);
  const b64 = scope.hidden("right", mayBeNegative(right) ? integers.i64 : integers.u64, loc);
  const [x, y] = [readVariable(a64, loc), readVariable(b64, loc)];
  const negativeLeft = mayBeNegative(left);
  const isNegative: Expr = {
    kind: "compare",
    op: "<",
    left: negativeLeft ? x : y,
    right: int(0n, loc),
    type: boolType,
    loc,
  };
  const whenNegative = int(
    holds(op, negativeLeft ? -1n : 0n, negativeLeft ? 0n : -1n) ? 1n : 0n,
    loc,
    boolType,
  );
  const whenFalse: Expr = {
    kind: "compare",
    op,
    left: widen(x, integers.u64),
    right: widen(y, integers.u64),
    type: boolType,
    loc,
  };
  return {
    kind: "sequence",
    statements: [
      { kind: "variable", variable: a64, init: convert(left, a64.type), loc },
      { kind: "variable", variable: b64, init: convert(right, b64.type), loc },
    ],
    value: {
      kind: "conditional",
      condition: isNegative,
      whenTrue: whenNegative,
      whenFalse,
      type: boolType,
      loc,
    },
    type: boolType,
    loc,
  };
}

/** A comparison whose result is certain; the operand is still evaluated. */
const known = (result: boolean, operand: Expr, loc: Loc): Expr => ({
  kind: "sequence",
  statements: [{ kind: "expression", expression: operand, loc }],
  value: int(result ? 1n : 0n, loc, boolType),
  type: boolType,
  loc,
});

function holds(op: CompareOp, a: bigint, b: bigint): boolean {
  switch (op) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

/** `-x` and `~x`, in the operand's 64 bits. */
export function unary(scope: Scope, op: "negate" | "complement", operand: Expr, node: ts.Node): Expr {
  const loc = scope.session.locate(node);
  if (operand.type.kind === "error") return operand;
  if (!isInteger(operand.type))
    return scope.fail(node, TSB.mismatch(`a value of type ${typeName(operand.type)}`, "a number"));
  if (isConstant(operand)) return int(op === "negate" ? -operand.value : ~operand.value, loc);
  const type = computedType(operand, operand);
  return { kind: op, operand: widen(operand, type), type, loc };
}

/** `u32(x)` and its like: keeps the low bits. */
export function explicitConversion(operand: Expr, type: Type & { kind: "int" }, loc: Loc): Expr {
  if (isConstant(operand)) {
    const value = type.signed
      ? BigInt.asIntN(type.bits, operand.value)
      : BigInt.asUintN(type.bits, operand.value);
    return int(value, loc, type);
  }
  return { ...convert(operand, type), loc };
}
