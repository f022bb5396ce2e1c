import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { contentOf, int, isReadonly, spaceOf } from "../build.js";
import { coerce } from "../coerce.js";
import { arithmetic } from "../integers.js";
import type { BinaryOp, Expr, Place } from "../model/expressions.js";
import { isAggregate } from "../model/types.js";
import type { Scope } from "../scope.js";
import { storeAggregate } from "./construct.js";
import { elementPlace } from "./elements.js";
import { checkExpression, checkValue } from "./index.js";
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
function targetOf(scope: Scope, node: ts.Expression): Place | null {
  const place = placeOf(scope, node);
  if (!place) return null;
  const refused = isReadonly(place)
    ? "A readonly global"
    : spaceOf(place) !== "direct"
      ? "The kernel's and a process's memory"
      : place.kind === "field" && place.struct.origin === "kernel"
        ? "The kernel's memory"
        : null;
  if (refused === null) return place;
  scope.session.report(node, TSB.notAssignable(refused));
  return null;
}

export function checkAssignment(scope: Scope, node: ts.BinaryExpression): Expr {
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
  if (isAggregate(place.type)) return storeAggregate(scope, place, place.type, node.right);
  const value = checkValue(scope, node.right, place.type);
  if (value.type.kind === "error") return value;
  if (
    place.kind === "variable" &&
    place.type.kind === "ptr" &&
    value.type.kind === "ptr" &&
    value.kind !== "null" &&
    place.type.space !== value.type.space &&
    place.type.space !== "probe"
  )
    return scope.fail(node.right, TSB.otherMemory(place.variable.name));
  if (scope.isMadeHere(value)) return scope.fail(node.right, TSB.objectKept());
  return { kind: "assign", place, value, type: place.type, loc };
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
