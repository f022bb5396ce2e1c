import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { checkExpression } from "../expressions/index.js";
import type { Expr } from "../model/expressions.js";
import type { Scope } from "../scope.js";

/** The arguments, all checked, or null if one is wrong or their number is. */
export function argumentsOf(
  scope: Scope,
  node: ts.CallExpression,
  least: number,
  most = least,
): Expr[] | null {
  const args = node.arguments.map((a) => checkExpression(scope, a));
  if (args.length < least || args.length > most) {
    const expected =
      least === most ? `${least} argument${least === 1 ? "" : "s"}` : `${least} to ${most} arguments`;
    scope.session.report(node, TSB.argumentCount(node.expression.getText(), expected, args.length));
    return null;
  }
  return args.some((a) => a.type.kind === "error") ? null : args;
}

/** The arguments as they are written, or none if their number is wrong. */
export function writtenArguments(
  scope: Scope,
  node: ts.CallExpression,
  count: number,
): readonly ts.Expression[] {
  if (node.arguments.length === count) return node.arguments;
  const expected = `${count} argument${count === 1 ? "" : "s"}`;
  scope.session.report(node, TSB.argumentCount(node.expression.getText(), expected, node.arguments.length));
  return [];
}
