import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { convert } from "../build.js";
import { coerce, toCondition } from "../coerce.js";
import { computedType } from "../integers.js";
import type { Expr } from "../model/expressions.js";
import { boolType, isInteger, sameType, type Type, typeName } from "../model/types.js";
import type { Scope } from "../scope.js";
import { checkCondition, checkExpression } from "./index.js";

/** `a && b` and `a || b` are truths: the dialect asks them only where a condition or a boolean is wanted. */
export function checkLogical(scope: Scope, node: ts.BinaryExpression, expected: Type | null): Expr {
  const token = node.operatorToken.kind;
  if (token === ts.SyntaxKind.QuestionQuestionToken) return checkNullish(scope, node, expected);
  const left = checkCondition(scope, node.left);
  const right = checkCondition(scope, node.right);
  if (left.type.kind === "error" || right.type.kind === "error") return scope.nothing(node);
  const kind = token === ts.SyntaxKind.AmpersandAmpersandToken ? "and" : "or";
  return { kind, left, right, type: boolType, loc: scope.session.locate(node) };
}

/** `p ?? q` of pointers. */
function checkNullish(scope: Scope, node: ts.BinaryExpression, expected: Type | null): Expr {
  const loc = scope.session.locate(node);
  const left = checkExpression(scope, node.left, expected);
  const right = checkExpression(scope, node.right, expected);
  if (left.type.kind === "error" || right.type.kind === "error") return scope.nothing(node);
  if (left.type.kind !== "ptr" || right.type.kind !== "ptr")
    return scope.fail(
      node,
      TSB.mismatch(`a value of type ${typeName(left.type)}`, "a pointer that may be null"),
    );
  const held = scope.hidden("left", left.type, loc);
  const place = { kind: "variable", variable: held, type: held.type, loc } as const;
  const read: Expr = { kind: "read", place, type: held.type, loc };
  return {
    kind: "sequence",
    statements: [{ kind: "variable", variable: held, init: left, loc }],
    value: {
      kind: "conditional",
      condition: toCondition(scope, read, node),
      whenTrue: read,
      whenFalse: right,
      type: right.type,
      loc,
    },
    type: right.type,
    loc,
  };
}

export function checkConditional(scope: Scope, node: ts.ConditionalExpression, expected: Type | null): Expr {
  const loc = scope.session.locate(node);
  const condition = checkCondition(scope, node.condition);
  const a = checkExpression(scope, node.whenTrue, expected);
  const b = checkExpression(scope, node.whenFalse, expected);
  if (condition.type.kind === "error" || a.type.kind === "error" || b.type.kind === "error")
    return scope.nothing(node);
  const type = joined(a, b);
  if (!type) return scope.fail(node, TSB.mismatch(`a value of type ${typeName(b.type)}`, typeName(a.type)));
  const branch = (expr: Expr, of: ts.Expression): Expr =>
    isInteger(type) && isInteger(expr.type) && expr.kind !== "int"
      ? sameType(expr.type, type)
        ? expr
        : convert(expr, type)
      : coerce(scope, expr, type, of);
  return {
    kind: "conditional",
    condition,
    whenTrue: branch(a, node.whenTrue),
    whenFalse: branch(b, node.whenFalse),
    type,
    loc,
  };
}

/** The type that holds both branches. */
function joined(a: Expr, b: Expr): Type | null {
  if (isInteger(a.type) && isInteger(b.type)) {
    if (a.kind !== "int" && b.kind !== "int" && sameType(a.type, b.type)) return a.type;
    if (a.type.kind === "enum" && sameType(a.type, b.type)) return a.type;
    return computedType(a, b);
  }
  if (a.kind === "null" && b.type.kind === "ptr") return { ...b.type, nullable: true };
  if (a.type.kind === "ptr" && (b.kind === "null" || b.type.kind === "ptr")) {
    const nullable = a.type.nullable || b.kind === "null" || (b.type.kind === "ptr" && b.type.nullable);
    return { ...a.type, nullable };
  }
  return sameType(a.type, b.type) ? a.type : null;
}
