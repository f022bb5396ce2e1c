import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { truth } from "../build.js";
import { copyOf } from "../builtins/pointers.js";
import type { CompareOp, Expr } from "../model/expressions.js";
import { boolType } from "../model/types.js";
import type { Scope } from "../scope.js";

/** A `str<N>` in memory, or a literal. */
export const isText = (expr: Expr): boolean =>
  expr.kind === "string" || (expr.type.kind === "ptr" && expr.type.to.kind === "str");

/** A literal's bytes up to its first NUL. */
export function literalText(expr: Expr & { kind: "string" }): Uint8Array {
  const end = expr.bytes.indexOf(0);
  return end < 0 ? expr.bytes : expr.bytes.subarray(0, end);
}

/** A text that can be looked at byte by byte: one of the kernel's or a process's memory is copied first. */
export function directText(scope: Scope, text: Expr): Expr {
  return text.type.kind === "ptr" && text.type.space !== "direct"
    ? copyOf(scope, text, text.type.to, "text")
    : text;
}

/** `a === b` and `a !== b` of texts: equal up to the first NUL. */
export function compareTexts(
  scope: Scope,
  op: CompareOp,
  left: Expr,
  right: Expr,
  node: ts.BinaryExpression,
): Expr {
  const loc = scope.session.locate(node);
  if (op !== "==" && op !== "!=")
    return scope.fail(node, TSB.mismatch("A text", "a number; texts are only equal or not"));
  for (const [text, at] of [
    [left, node.left],
    [right, node.right],
  ] as const)
    if (text.type.kind === "ptr" && text.type.nullable)
      return scope.fail(at, TSB.notChecked(`'${at.getText()}'`));
  const [a, b] = left.kind === "string" ? [right, left] : [left, right];
  if (a.kind === "string") {
    const same = b.kind === "string" && Buffer.compare(literalText(a), literalText(b)) === 0;
    return truth(same === (op === "=="), loc);
  }
  const same: Expr = {
    kind: "sameText",
    left: directText(scope, a),
    right: b.kind === "string" ? { ...b, bytes: literalText(b) } : directText(scope, b),
    type: boolType,
    loc,
  };
  return op === "==" ? same : { kind: "not", operand: same, type: boolType, loc };
}
