import { ts } from "ts-morph";
import { integers } from "./model/types.js";

/**
 * Does a parameter keep the value that it is given? Decided by the name alone: what else has it counts too. A call may
 * fill what it is given, unless it is a conversion or a method of the program.
 */
export function isUnchanged(name: ts.Node, body: ts.Node | undefined): boolean {
  if (!body || !ts.isIdentifier(name)) return false;
  const changes = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && node.text === name.text && mayChange(node)) ||
    ts.forEachChild(node, (child) => changes(child) || undefined) === true;
  return !changes(body);
}

function mayChange(use: ts.Identifier): boolean {
  const { parent } = use;
  if (ts.isBinaryExpression(parent)) return parent.left === use && isAssignment(parent.operatorToken.kind);
  if (ts.isCallExpression(parent)) return parent.expression !== use && !onlyReads(parent.expression);
  // As the object of a property, in a comparison, a sum: read.
  return !(
    ts.isPropertyAccessExpression(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isIfStatement(parent) ||
    (ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.ExclamationToken) ||
    (ts.isVariableDeclaration(parent) && parent.initializer === use)
  );
}

const isAssignment = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

const onlyReads = (callee: ts.Expression): boolean =>
  ts.isIdentifier(callee)
    ? Object.hasOwn(integers, callee.text)
    : ts.isPropertyAccessExpression(callee) && callee.expression.kind === ts.SyntaxKind.ThisKeyword;
