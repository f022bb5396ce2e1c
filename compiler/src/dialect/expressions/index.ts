import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { convert, heldType } from "../build.js";
import { coerce, toCondition } from "../coerce.js";
import type { Expr } from "../model/expressions.js";
import type { Type } from "../model/types.js";
import { outsideDialect } from "../restrictions.js";
import type { Scope } from "../scope.js";
import { checkUpdate } from "./assignments.js";
import { checkCall } from "./calls.js";
import { checkArrayLiteral, checkNew, checkObjectLiteral } from "./construct.js";
import { checkElement } from "./elements.js";
import { checkLiteral } from "./literals.js";
import { checkConditional } from "./logic.js";
import { checkName, checkProperty, checkThis } from "./names.js";
import { checkBinary, checkPrefix } from "./operators.js";
import { checkOptional, openLink } from "./optional.js";

/** Checks one kind of syntax. `expected` is the declared type that the value goes to, if there is one. */
export type ExpressionCheck = (scope: Scope, node: never, expected: Type | null) => Expr;

const inner = (
  scope: Scope,
  node: ts.ParenthesizedExpression | ts.NonNullExpression,
  expected: Type | null,
): Expr => checkExpression(scope, node.expression, expected);

const K = ts.SyntaxKind;
const checks: ReadonlyMap<ts.SyntaxKind, ExpressionCheck> = new Map<ts.SyntaxKind, ExpressionCheck>([
  [K.NumericLiteral, checkLiteral],
  [K.BigIntLiteral, checkLiteral],
  [K.StringLiteral, checkLiteral],
  [K.NoSubstitutionTemplateLiteral, checkLiteral],
  [K.TrueKeyword, checkLiteral],
  [K.FalseKeyword, checkLiteral],
  [K.NullKeyword, checkLiteral],
  [K.Identifier, checkName],
  [K.ThisKeyword, checkThis],
  [K.PropertyAccessExpression, checkProperty],
  [K.ElementAccessExpression, checkElement],
  [K.CallExpression, checkCall],
  [K.NewExpression, checkNew],
  [K.ObjectLiteralExpression, checkObjectLiteral],
  [K.ArrayLiteralExpression, checkArrayLiteral],
  [K.BinaryExpression, checkBinary],
  [K.PrefixUnaryExpression, checkPrefix],
  [K.PostfixUnaryExpression, checkUpdate],
  [K.ConditionalExpression, checkConditional],
  [K.ParenthesizedExpression, inner],
  [K.NonNullExpression, inner],
  [K.AsExpression, checkAs],
  [K.TypeAssertionExpression, checkAs],
  [K.SatisfiesExpression, checkSatisfies],
  [K.TemplateExpression, refuseTemplate],
]);

/** The checked form of an expression; what is outside the dialect is reported, and gives an `error`. */
export function checkExpression(scope: Scope, node: ts.Expression, expected: Type | null = null): Expr {
  const held = scope.held.get(node);
  if (held) return held;
  const link = openLink(scope, node);
  if (link) return checkOptional(scope, node, link);
  const check = checks.get(node.kind);
  if (check) return check(scope, node as never, expected);
  if (!outsideDialect(node)) scope.session.report(node, TSB.unknownSyntax(node.getText()));
  return scope.nothing(node); // what is outside was reported by the pass over the syntax
}

/** A value for something of a declared type. */
export const checkValue = (scope: Scope, node: ts.Expression, target: Type): Expr =>
  coerce(scope, checkExpression(scope, node, target), target, node);

export const checkCondition = (scope: Scope, node: ts.Expression): Expr =>
  toCondition(scope, checkExpression(scope, node), node);

/** A text is put together by the kernel's formatting alone. */
function refuseTemplate(scope: Scope, node: ts.TemplateExpression): Expr {
  return scope.fail(
    node,
    TSB.notInDialect(
      "A template outside of a call that formats",
      "Its text would need memory of unknown size.",
      "Give it to printk, seqPrintf or snprintf(target, `…`).",
    ),
  );
}

/** `x satisfies T`: what the checker compares, and no conversion. */
function checkSatisfies(scope: Scope, node: ts.SatisfiesExpression): Expr {
  return checkExpression(scope, node.expression, heldType(scope.resolve(node.type)));
}

/** `x as T`: a conversion between integers, else what the checker allows between pointers. */
function checkAs(scope: Scope, node: ts.AsExpression | ts.TypeAssertion): Expr {
  const value = checkExpression(scope, node.expression);
  const target = scope.resolve(node.type);
  if (value.type.kind === "int" && target.kind === "int") return convert(value, target);
  return coerce(scope, value, target, node);
}
