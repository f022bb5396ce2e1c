import { ts } from "ts-morph";

/** The expression inside any parentheses. */
export function unparenthesized(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? unparenthesized(node.expression) : node;
}
