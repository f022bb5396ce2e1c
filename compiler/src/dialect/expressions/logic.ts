import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { convert } from "../build.js";
import { coerce, toCondition } from "../coerce.js";
import { computedType } from "../integers.js";
import type { Expr } from "../model/expressions.js";
import { boolType, isInteger, type Space, sameType, type Type, typeName } from "../model/types.js";
import type { Scope } from "../scope.js";
import { checkCondition, checkExpression } from "./index.js";
import { type Optional, optionalOf } from "./optional.js";

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

/** `a?.n ?? m`: what is written behind, where the chain stops. */
function otherwise(scope: Scope, optional: Optional, right: Expr, node: ts.BinaryExpression): Expr {
  const loc = scope.session.locate(node);
  const type = joined(optional.value, right);
  if (!type)
    return scope.fail(
      node,
      TSB.mismatch(`a value of type ${typeName(right.type)}`, typeName(optional.value.type)),
    );
  const as = (expr: Expr, of: ts.Expression): Expr => asJoined(scope, expr, type, of);
  return {
    kind: "sequence",
    statements: [optional.before],
    value: {
      kind: "conditional",
      condition: optional.reached,
      whenTrue: as(optional.value, node.left),
      whenFalse: as(right, node.right),
      type,
      loc,
    },
    type,
    loc,
  };
}

/** `p ?? q` of pointers. */
function checkNullish(scope: Scope, node: ts.BinaryExpression, expected: Type | null): Expr {
  const loc = scope.session.locate(node);
  const left = checkExpression(scope, node.left, expected);
  const right = checkExpression(scope, node.right, expected);
  if (left.type.kind === "error" || right.type.kind === "error") return scope.nothing(node);
  const optional = optionalOf(scope, left, node.left);
  if (optional && left.type.kind !== "ptr") return otherwise(scope, optional, right, node);
  if (left.type.kind !== "ptr" || right.type.kind !== "ptr")
    return scope.fail(
      node,
      TSB.mismatch(`a value of type ${typeName(left.type)}`, "a pointer that may be null"),
    );
  const both = joined(left, right);
  if (both?.kind !== "ptr")
    return scope.fail(node, TSB.mismatch(`a value of type ${typeName(right.type)}`, typeName(left.type)));
  const type: Type = { ...both, nullable: right.type.nullable };
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
      whenFalse: coerce(scope, right, type, node.right),
      type,
      loc,
    },
    type,
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
  return {
    kind: "conditional",
    condition,
    whenTrue: asJoined(scope, a, type, node.whenTrue),
    whenFalse: asJoined(scope, b, type, node.whenFalse),
    type,
    loc,
  };
}

/** One of two values as the type that holds both. */
function asJoined(scope: Scope, expr: Expr, type: Type, node: ts.Expression): Expr {
  if (!isInteger(type) || !isInteger(expr.type) || expr.kind === "int")
    return coerce(scope, expr, type, node);
  return sameType(expr.type, type) ? expr : convert(expr, type);
}

/** What the verifier does not know of one of two pointers is read as what it does not know of any. */
function joinedSpace(a: Space, b: Space): Space | null {
  if (a === b) return a;
  const apart: readonly Space[] = ["user", "arena"];
  return apart.includes(a) || apart.includes(b) ? null : "probe";
}

/** The type that holds both branches. */
function joined(a: Expr, b: Expr): Type | null {
  if (isInteger(a.type) && isInteger(b.type)) {
    if (a.kind !== "int" && b.kind !== "int" && sameType(a.type, b.type)) return a.type;
    if (a.type.kind === "enum" && sameType(a.type, b.type)) return a.type;
    return computedType(a, b);
  }
  if (a.kind === "null" && b.type.kind === "ptr") return { ...b.type, nullable: true };
  if (a.type.kind === "ptr" && b.kind === "null") return { ...a.type, nullable: true };
  if (a.type.kind === "ptr" && b.type.kind === "ptr") {
    const space = joinedSpace(a.type.space, b.type.space);
    return space && { ...a.type, nullable: a.type.nullable || b.type.nullable, space };
  }
  return sameType(a.type, b.type) ? a.type : null;
}
