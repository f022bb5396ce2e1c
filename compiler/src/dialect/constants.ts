import { ts } from "ts-morph";
import type { BinaryOp } from "./model/expressions.js";
import { integers } from "./model/types.js";
import type { Session } from "./session.js";

/**
 * The exact value of a constant expression (literals, operators, module constants, enum members, conversions),
 * or null if it is not one. Values are not bound to 64 bits on the way: only where they are used.
 */
export function evaluate(session: Session, node: ts.Node): bigint | null {
  if (ts.isNumericLiteral(node)) return integerLiteral(node.getText());
  if (ts.isBigIntLiteral(node)) return integerLiteral(node.getText().slice(0, -1));
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return evaluate(session, node.expression);
  if (ts.isPrefixUnaryExpression(node)) {
    const operand = evaluate(session, node.operand);
    if (operand === null) return null;
    if (node.operator === ts.SyntaxKind.MinusToken) return -operand;
    if (node.operator === ts.SyntaxKind.TildeToken) return ~operand;
    if (node.operator === ts.SyntaxKind.PlusToken) return operand;
    return null;
  }
  if (ts.isBinaryExpression(node)) {
    const op = constantOperators.get(node.operatorToken.kind);
    const power = node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken;
    if (!op && !power) return null;
    const left = evaluate(session, node.left);
    const right = left === null ? null : evaluate(session, node.right);
    if (left === null || right === null) return null;
    return op ? fold(op, left, right) : right < 0n || right > 64n ? null : left ** right;
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) return conversion(session, node);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return named(session, node);
  return null;
}

/** A truth that is known while compiling: written out, or by a module's constant. */
export function evaluateTruth(session: Session, node: ts.Node): boolean | null {
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return evaluateTruth(session, node.expression);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    const operand = evaluateTruth(session, node.operand);
    return operand === null ? null : !operand;
  }
  const declaration = ts.isIdentifier(node) ? session.symbolOf(node)?.valueDeclaration : undefined;
  return declaration &&
    ts.isVariableDeclaration(declaration) &&
    isModuleConstant(declaration) &&
    declaration.initializer
    ? evaluateTruth(session, declaration.initializer)
    : null;
}

/** The digits of the source: TypeScript's own value of a literal is a rounded double. */
export function integerLiteral(text: string): bigint | null {
  const digits = text.replaceAll("_", "");
  if (/^(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|[0-9]+)$/.test(digits)) return BigInt(digits);
  // 1e9 and 2.5e3 are whole numbers too.
  const exponent = /^([0-9]+)(?:\.([0-9]*))?(?:[eE]\+?([0-9]{1,3}))?$/.exec(digits);
  if (!exponent) return null;
  const fraction = (exponent[2] ?? "").replace(/0+$/, "");
  const power = Number(exponent[3] ?? 0) - fraction.length;
  return power < 0 ? null : BigInt((exponent[1] ?? "") + fraction) * 10n ** BigInt(power);
}

export const constantOperators: ReadonlyMap<ts.SyntaxKind, BinaryOp> = new Map<ts.SyntaxKind, BinaryOp>([
  [ts.SyntaxKind.PlusToken, "+"],
  [ts.SyntaxKind.MinusToken, "-"],
  [ts.SyntaxKind.AsteriskToken, "*"],
  [ts.SyntaxKind.SlashToken, "/"],
  [ts.SyntaxKind.PercentToken, "%"],
  [ts.SyntaxKind.AmpersandToken, "&"],
  [ts.SyntaxKind.BarToken, "|"],
  [ts.SyntaxKind.CaretToken, "^"],
  [ts.SyntaxKind.LessThanLessThanToken, "<<"],
  [ts.SyntaxKind.GreaterThanGreaterThanToken, ">>"],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken, ">>>"],
]);

/** Exact; null where there is no exact value (division by zero, a shift outside 0 to 63). */
export function fold(op: BinaryOp, left: bigint, right: bigint): bigint | null {
  switch (op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0n ? null : left / right;
    case "%":
      return right === 0n ? null : left % right;
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "<<":
      return right < 0n || right > 63n ? null : left << right;
    case ">>":
      return right < 0n || right > 63n ? null : left >> right;
    case ">>>":
      return right < 0n || right > 63n ? null : BigInt.asUintN(64, left) >> right;
  }
}

function conversion(session: Session, node: ts.CallExpression): bigint | null {
  const symbol = session.symbolOf(node.expression);
  const name = symbol && session.stdlibName(symbol);
  const argument = node.arguments[0];
  if (!name || !argument || !Object.hasOwn(integers, name)) return null;
  const value = evaluate(session, argument);
  const type = integers[name as keyof typeof integers];
  return value === null
    ? null
    : type.signed
      ? BigInt.asIntN(type.bits, value)
      : BigInt.asUintN(type.bits, value);
}

function named(session: Session, node: ts.Node): bigint | null {
  const symbol = session.symbolOf(node);
  const declaration = symbol?.valueDeclaration;
  if (!declaration) return null;
  if (ts.isVariableDeclaration(declaration) && isModuleConstant(declaration)) {
    if (declaration.initializer) return evaluate(session, declaration.initializer);
    // `declare const ETH_P_IP: 0x0800` carries its value in its type.
    return declaration.type && ts.isLiteralTypeNode(declaration.type)
      ? evaluate(session, declaration.type.literal)
      : null;
  }
  if (ts.isEnumMember(declaration)) return enumMember(session, declaration);
  return null;
}

function enumMember(session: Session, member: ts.EnumMember): bigint | null {
  if (member.initializer) return evaluate(session, member.initializer);
  const index = member.parent.members.indexOf(member);
  const before = member.parent.members[index - 1];
  if (!before) return 0n;
  const value = enumMember(session, before);
  return value === null ? null : value + 1n;
}

export function isModuleConstant(declaration: ts.VariableDeclaration): boolean {
  const list = declaration.parent;
  return (
    ts.isVariableDeclarationList(list) &&
    (list.flags & ts.NodeFlags.Const) !== 0 &&
    ts.isVariableStatement(list.parent) &&
    ts.isSourceFile(list.parent.parent)
  );
}
