import type { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { convert, int, nullPointer } from "./build.js";
import { comparison } from "./integers.js";
import type { Expr } from "./model/expressions.js";
import { boolType, isAggregate, isInteger, sameType, type Type, typeName } from "./model/types.js";
import { rangeOfType } from "./ranges.js";
import type { Scope } from "./scope.js";

/** The value as the declared type holds it: narrowed, widened, or reported as not fitting. */
export function coerce(scope: Scope, expr: Expr, target: Type, node: ts.Node): Expr {
  const { type } = expr;
  if (type.kind === "error" || target.kind === "error") return expr;
  if (isInteger(target)) {
    if (expr.kind === "int" && isInteger(type)) return constant(scope, expr, expr.value, target, node);
    if (isInteger(type)) return sameType(type, target) ? expr : convert(expr, target);
  } else if (target.kind === "bool") {
    if (type.kind === "bool") return expr;
  } else if (target.kind === "ptr") {
    if (expr.kind === "null") return nullPointer(target, expr.loc);
    const inArena = type.kind === "ptr" && type.space === "arena";
    if (type.kind === "ptr" && compatible(type.to, target.to) && inArena === (target.space === "arena"))
      return { ...expr, type: { ...type, to: target.to } };
  } else if (sameType(type, target)) return expr;
  // A map that was found in a map of maps.
  else if (target.kind === "map" && type.kind === "ptr" && sameType(type.to, target))
    return convert(expr, target);
  return scope.fail(node, TSB.mismatch(describe(expr), typeName(target)));
}

const compatible = (a: Type, b: Type): boolean => a.kind === "void" || b.kind === "void" || sameType(a, b);

const describe = (expr: Expr): string =>
  expr.kind === "null"
    ? "null"
    : expr.kind === "string"
      ? "a text"
      : `a value of type ${typeName(expr.type)}`;

function constant(scope: Scope, expr: Expr, value: bigint, target: Type, node: ts.Node): Expr {
  const { min, max } = rangeOfType(target);
  if (value < min || value > max)
    return scope.fail(node, TSB.outOfRange(`${value}`, typeName(target), `${min}`, `${max}`));
  return { kind: "int", value, type: target, loc: expr.loc };
}

/** The value as a truth: a number that is not 0, a pointer that is not null. */
export function toCondition(scope: Scope, expr: Expr, node: ts.Node): Expr {
  const { type, loc } = expr;
  switch (type.kind) {
    case "bool":
    case "error":
      return expr;
    case "int":
    case "enum":
      return comparison(scope, "!=", expr, int(0n, loc), node);
    case "ptr":
      if (isAggregate(type.to) && !type.nullable && expr.kind === "address")
        return { kind: "int", value: 1n, type: boolType, loc };
      return { kind: "compare", op: "!=", left: expr, right: nullPointer(type, loc), type: boolType, loc };
    default:
      return scope.fail(node, TSB.mismatch(describe(expr), "a condition"));
  }
}
