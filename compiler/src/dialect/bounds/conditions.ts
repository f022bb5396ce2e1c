import type { CompareOp, Expr } from "../model/expressions.js";
import { isInteger } from "../model/types.js";
import type { Range } from "../ranges.js";
import { intersection } from "./facts.js";

/** The same comparison with its sides exchanged, and its opposite. */
export const exchanged: Readonly<Record<CompareOp, CompareOp>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};
export const opposite: Readonly<Record<CompareOp, CompareOp>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

const FAR = 1n << 64n;

/** What `value` can be if `value op limit` is true; null if it cannot be. */
export function narrowed(value: Range, op: CompareOp, limit: Range): Range | null {
  switch (op) {
    case "<":
      return intersection(value, { min: -FAR, max: limit.max - 1n });
    case "<=":
      return intersection(value, { min: -FAR, max: limit.max });
    case ">":
      return intersection(value, { min: limit.min + 1n, max: FAR });
    case ">=":
      return intersection(value, { min: limit.min, max: FAR });
    case "==":
      return intersection(value, limit);
    case "!=": {
      // Only an end that is certainly excluded moves.
      if (limit.min !== limit.max) return value;
      const min = value.min === limit.min ? value.min + 1n : value.min;
      const max = value.max === limit.min ? value.max - 1n : value.max;
      return min <= max ? { min, max } : null;
    }
  }
}

/** `x + c` as x and c; anything else is itself and 0. */
export function constantOffset(expr: Expr): { readonly base: Expr; readonly offset: bigint } {
  if (expr.kind === "convert" && isInteger(expr.type)) {
    const inner = constantOffset(expr.operand);
    return inner.offset === 0n ? { base: expr, offset: 0n } : inner;
  }
  if (expr.kind !== "binary") return { base: expr, offset: 0n };
  const { op, left, right } = expr;
  if (op === "+" && right.kind === "int") return { base: left, offset: right.value };
  if (op === "+" && left.kind === "int") return { base: right, offset: left.value };
  if (op === "-" && right.kind === "int") return { base: left, offset: -right.value };
  return { base: expr, offset: 0n };
}

/** How much a modification adds, if it adds a constant: `x++`, `x -= 2`. */
export function step(expr: Expr & { kind: "modify" }): bigint | null {
  const value = expr.value.kind === "convert" ? expr.value.operand : expr.value;
  const { base, offset } = constantOffset(value);
  const current = base.kind === "convert" ? base.operand : base;
  return current === expr.current && offset !== 0n ? offset : null;
}
