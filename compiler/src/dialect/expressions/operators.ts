import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { int, truth } from "../build.js";
import { toCondition } from "../coerce.js";
import { constantOperators, evaluate } from "../constants.js";
import { arithmetic, comparison, unary } from "../integers.js";
import type { CompareOp, Expr } from "../model/expressions.js";
import { boolType, isAggregate, isInteger, sameType, type Type, typeName } from "../model/types.js";
import type { Scope } from "../scope.js";
import { checkAssignment, checkUpdate, compoundOperators, logicalAssignments } from "./assignments.js";
import { checkExpression } from "./index.js";
import { checkLogical } from "./logic.js";
import { compareOptional, optionalOf } from "./optional.js";
import { compareTexts, isText } from "./texts.js";

const comparisons: ReadonlyMap<ts.SyntaxKind, CompareOp> = new Map<ts.SyntaxKind, CompareOp>([
  [ts.SyntaxKind.EqualsEqualsToken, "=="],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "=="],
  [ts.SyntaxKind.ExclamationEqualsToken, "!="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "!="],
  [ts.SyntaxKind.LessThanToken, "<"],
  [ts.SyntaxKind.LessThanEqualsToken, "<="],
  [ts.SyntaxKind.GreaterThanToken, ">"],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">="],
]);

const logical: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

export function checkBinary(scope: Scope, node: ts.BinaryExpression, expected: Type | null): Expr {
  const token = node.operatorToken.kind;
  if (token === ts.SyntaxKind.EqualsToken || compoundOperators.has(token) || logicalAssignments.has(token))
    return checkAssignment(scope, node);
  if (token === ts.SyntaxKind.CommaToken) return inOrder(scope, node);
  if (logical.has(token)) return checkLogical(scope, node, expected);
  const op = constantOperators.get(token);
  if (token === ts.SyntaxKind.AsteriskAsteriskToken) return power(scope, node);
  if (op === "+") {
    const [left, right] = [node.left, node.right].map((n) => checkExpression(scope, n));
    if (!left || !right) return scope.nothing(node);
    return isText(left) || isText(right)
      ? scope.fail(node, joinedTexts())
      : arithmetic(scope, op, left, right, node);
  }
  if (op)
    return arithmetic(scope, op, checkExpression(scope, node.left), checkExpression(scope, node.right), node);
  const compare = comparisons.get(token);
  if (compare) return compareAny(scope, compare, node);
  return scope.nothing(node); // outside the dialect: reported by the pass over the syntax
}

/** Of constants alone. */
function power(scope: Scope, node: ts.BinaryExpression): Expr {
  const value = evaluate(scope.session, node);
  if (value !== null) return int(value, scope.session.locate(node));
  return scope.fail(
    node,
    TSB.notInDialect(
      "`**` of what is not constant",
      "BPF has no such instruction.",
      "Multiply in a loop with a bound, or shift.",
    ),
  );
}

const joinedTexts = () =>
  TSB.notInDialect(
    "Joining texts",
    "The result would need memory of unknown size.",
    "Use snprintf(target, `…`), which formats into memory that is there.",
  );

/** `i = 0, n = 1` in the head of a `for`. */
function inOrder(scope: Scope, node: ts.BinaryExpression): Expr {
  const [first, second] = [node.left, node.right].map((n) => checkExpression(scope, n));
  if (first?.type.kind === "error" || second?.type.kind === "error" || !first || !second)
    return scope.nothing(node);
  const statement = { kind: "expression", expression: first, loc: first.loc } as const;
  return { kind: "sequence", statements: [statement], value: second, type: second.type, loc: second.loc };
}

function compareAny(scope: Scope, op: CompareOp, node: ts.BinaryExpression): Expr {
  const loc = scope.session.locate(node);
  const left = checkExpression(scope, node.left);
  const right = checkExpression(scope, node.right);
  if (left.type.kind === "error" || right.type.kind === "error") return scope.nothing(node);
  const optional = optionalOf(scope, left, node.left);
  if (optional && (op === "==" || op === "!=") && left.type.kind !== "ptr")
    return compareOptional(optional, op, (value) => compareValues(scope, op, value, right, node), loc);
  return compareValues(scope, op, left, right, node);
}

function compareValues(
  scope: Scope,
  op: CompareOp,
  left: Expr,
  right: Expr,
  node: ts.BinaryExpression,
): Expr {
  return isText(left) && isText(right)
    ? compareTexts(scope, op, left, right, node)
    : compareScalars(scope, op, left, right, node);
}

/** Numbers, truths or pointers. */
export function compareScalars(scope: Scope, op: CompareOp, left: Expr, right: Expr, node: ts.Node): Expr {
  const loc = scope.session.locate(node);
  if (isInteger(left.type) && isInteger(right.type)) return comparison(scope, op, left, right, node);
  if (left.type.kind === "bool" && right.type.kind === "bool")
    return { kind: "compare", op, left, right, type: boolType, loc };
  if (
    left.type.kind === "ptr" &&
    right.type.kind === "ptr" &&
    !(left.kind === "null" && right.kind === "null")
  ) {
    // An aggregate's own address is never null.
    for (const [a, b] of [
      [left, right],
      [right, left],
    ] as const)
      if (b.kind === "null" && a.kind === "address" && a.type.kind === "ptr" && isAggregate(a.type.to))
        return truth(op === "!=", loc);
    if (left.kind === "null" || right.kind === "null" || sameType(left.type, right.type))
      return { kind: "compare", op, left, right, type: boolType, loc };
  }
  return scope.fail(
    node,
    TSB.mismatch(
      `a value of type ${typeName(right.type)}`,
      `something to compare with ${typeName(left.type)}`,
    ),
  );
}

export function checkPrefix(scope: Scope, node: ts.PrefixUnaryExpression): Expr {
  switch (node.operator) {
    case ts.SyntaxKind.PlusPlusToken:
    case ts.SyntaxKind.MinusMinusToken:
      return checkUpdate(scope, node);
    case ts.SyntaxKind.ExclamationToken: {
      const operand = toCondition(scope, checkExpression(scope, node.operand), node.operand);
      if (operand.type.kind === "error") return operand;
      const loc = scope.session.locate(node);
      return operand.kind === "int"
        ? truth(operand.value === 0n, loc)
        : { kind: "not", operand, type: boolType, loc };
    }
    case ts.SyntaxKind.MinusToken:
      return unary(scope, "negate", checkExpression(scope, node.operand), node);
    case ts.SyntaxKind.TildeToken:
      return unary(scope, "complement", checkExpression(scope, node.operand), node);
    default:
      return checkExpression(scope, node.operand);
  }
}
