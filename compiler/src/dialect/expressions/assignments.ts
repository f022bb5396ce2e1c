import { ts } from "ts-morph";
import { type Message, TSB } from "../../diagnostics/catalogue.js";
import { addressOf, contentOf, discard, int, isReadonly, spaceOf } from "../build.js";
import { coerce, toCondition } from "../coerce.js";
import { arithmetic } from "../integers.js";
import { kernelField, kernelFieldFixed } from "../kernel-writes.js";
import type { BinaryOp, Expr, Place } from "../model/expressions.js";
import { isAggregate, isReached, typeName, voidType } from "../model/types.js";
import { assignPattern } from "../patterns.js";
import type { Scope } from "../scope.js";
import { unparenthesized } from "../syntax.js";
import { copyInto, storeAggregate } from "./construct.js";
import { elementPlace } from "./elements.js";
import { checkExpression } from "./index.js";
import { kernelPlace, propertyPlace, variablePlace } from "./names.js";

export const compoundOperators: ReadonlyMap<ts.SyntaxKind, BinaryOp> = new Map<ts.SyntaxKind, BinaryOp>([
  [ts.SyntaxKind.PlusEqualsToken, "+"],
  [ts.SyntaxKind.MinusEqualsToken, "-"],
  [ts.SyntaxKind.AsteriskEqualsToken, "*"],
  [ts.SyntaxKind.SlashEqualsToken, "/"],
  [ts.SyntaxKind.PercentEqualsToken, "%"],
  [ts.SyntaxKind.AmpersandEqualsToken, "&"],
  [ts.SyntaxKind.BarEqualsToken, "|"],
  [ts.SyntaxKind.CaretEqualsToken, "^"],
  [ts.SyntaxKind.LessThanLessThanEqualsToken, "<<"],
  [ts.SyntaxKind.GreaterThanGreaterThanEqualsToken, ">>"],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken, ">>>"],
]);

/** `a ||= b`: which value is kept when `a` is one that holds, and when not. */
export const logicalAssignments: ReadonlyMap<ts.SyntaxKind, "keep" | "replace"> = new Map([
  [ts.SyntaxKind.BarBarEqualsToken, "keep"],
  [ts.SyntaxKind.QuestionQuestionEqualsToken, "keep"],
  [ts.SyntaxKind.AmpersandAmpersandEqualsToken, "replace"],
]);

/** The place that an expression names; reports what has no address. Null if something was reported. */
export function placeOf(scope: Scope, node: ts.Expression): Place | null {
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node))
    return placeOf(scope, node.expression);
  if (ts.isIdentifier(node)) {
    const place = variablePlace(scope, node) ?? kernelPlace(scope, node);
    if (place) return place;
  }
  if (ts.isElementAccessExpression(node)) return elementPlace(scope, node);
  if (ts.isPropertyAccessExpression(node) && !node.questionDotToken) {
    const place = propertyPlace(scope, node);
    if (place !== "constant") return place;
  }
  scope.session.report(node, TSB.notAnLvalue());
  return null;
}

/** The same, for writing. */
export function targetOf(scope: Scope, node: ts.Expression): Place | null {
  const place = placeOf(scope, node);
  if (!place) return null;
  if (place.type.kind === "ptr" && (place.type.kptr === "kptr" || place.type.kptr === "percpu_kptr")) {
    scope.session.report(node, TSB.kptrAssigned());
    return null;
  }
  const message = refusal(place);
  if (!message) return place;
  scope.session.report(node, message);
  return null;
}

function refusal(place: Place): Message | null {
  if (isReadonly(place)) return TSB.notAssignable("A readonly global");
  const field = kernelField(place);
  if (field && spaceOf(place) !== "user") return kernelFieldFixed(field, place);
  return isReached(spaceOf(place)) ? null : TSB.notAssignable("The kernel's and a process's memory");
}

export function checkAssignment(scope: Scope, node: ts.BinaryExpression): Expr {
  const pattern = unparenthesized(node.left);
  if (ts.isArrayLiteralExpression(pattern) || ts.isObjectLiteralExpression(pattern)) {
    const loc = scope.session.locate(node);
    const statements = assignPattern(scope, pattern, unparenthesized(node.right));
    return { kind: "sequence", statements, value: discard(loc), type: voidType, loc };
  }
  const place = targetOf(scope, node.left);
  const op = compoundOperators.get(node.operatorToken.kind);
  const loc = scope.session.locate(node);
  if (!place || place.type.kind === "error") {
    checkExpression(scope, node.right); // for what is wrong there
    return scope.nothing(node);
  }
  if (op) {
    const right = checkExpression(scope, node.right);
    return modify(scope, place, node, "new", (current) => arithmetic(scope, op, current, right, node));
  }
  const logical = logicalAssignments.get(node.operatorToken.kind);
  if (logical)
    return modify(scope, place, node, "new", (current) => either(scope, place, current, logical, node));
  if (isAggregate(place.type)) return storeAggregate(scope, place, place.type, node.right);
  return assigned(scope, place, checkExpression(scope, node.right, place.type), node.right, loc);
}

/** Stores a value that was checked: a number or a pointer, or what a class, an array or a text leads to. */
export function assigned(
  scope: Scope,
  place: Place,
  given: Expr,
  node: ts.Expression,
  loc = scope.session.locate(node),
): Expr {
  if (given.type.kind === "error") return given;
  if (isAggregate(place.type)) return copyInto(scope, addressOf(place), place.type, given, node);
  const value = coerce(scope, given, place.type, node);
  if (value.type.kind === "error") return value;
  if (
    place.kind === "variable" &&
    place.type.kind === "ptr" &&
    value.type.kind === "ptr" &&
    value.kind !== "null" &&
    place.type.space !== value.type.space &&
    place.type.space !== "probe"
  )
    return scope.fail(node, TSB.otherMemory(place.variable.name));
  if (scope.isMadeHere(value)) return scope.fail(node, TSB.objectKept());
  return { kind: "assign", place, value, type: place.type, loc };
}

/** What `a ||= b`, `a &&= b` and `a ??= b` store. Only a pointer can be null. */
function either(
  scope: Scope,
  place: Place,
  current: Expr,
  whereTrue: "keep" | "replace",
  node: ts.BinaryExpression,
): Expr {
  const nullish = node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionEqualsToken;
  if (nullish && current.type.kind !== "ptr")
    return scope.fail(
      node.left,
      TSB.mismatch(`a value of type ${typeName(current.type)}`, "a pointer that may be null"),
    );
  const condition = toCondition(scope, current, node.left);
  const right = coerce(scope, checkExpression(scope, node.right, place.type), place.type, node.right);
  if (condition.type.kind === "error" || right.type.kind === "error") return scope.nothing(node);
  if (scope.isMadeHere(right)) return scope.fail(node.right, TSB.objectKept());
  const [whenTrue, whenFalse] = whereTrue === "keep" ? [current, right] : [right, current];
  return { kind: "conditional", condition, whenTrue, whenFalse, type: place.type, loc: right.loc };
}

/** `++` and `--`, before or after. */
export function checkUpdate(scope: Scope, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): Expr {
  const place = targetOf(scope, node.operand);
  if (!place || place.type.kind === "error") return scope.nothing(node);
  const op = node.operator === ts.SyntaxKind.PlusPlusToken ? "+" : "-";
  const one = int(1n, scope.session.locate(node));
  return modify(scope, place, node, ts.isPostfixUnaryExpression(node) ? "old" : "new", (current) =>
    arithmetic(scope, op, current, one, node),
  );
}

function modify(
  scope: Scope,
  place: Place,
  node: ts.Expression,
  result: "old" | "new",
  compute: (current: Expr) => Expr,
): Expr {
  const loc = scope.session.locate(node);
  const { type } = contentOf(place);
  const current: Expr & { kind: "current" } = { kind: "current", type, loc };
  const value = coerce(scope, compute(current), place.type, node);
  if (value.type.kind === "error") return value;
  return { kind: "modify", place, current, value, result, type: place.type, loc };
}
