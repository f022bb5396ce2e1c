import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { int, nullPointer, truth } from "../build.js";
import { integerLiteral } from "../constants.js";
import type { Expr } from "../model/expressions.js";
import { pointerTo, type Type, voidType } from "../model/types.js";
import type { Scope } from "../scope.js";

export function checkLiteral(
  scope: Scope,
  node: ts.LiteralExpression | ts.BooleanLiteral | ts.NullLiteral,
  expected: Type | null,
): Expr {
  const loc = scope.session.locate(node);
  switch (node.kind) {
    case ts.SyntaxKind.NumericLiteral:
    case ts.SyntaxKind.BigIntLiteral: {
      const text = node.getText();
      const value = integerLiteral(node.kind === ts.SyntaxKind.BigIntLiteral ? text.slice(0, -1) : text);
      return value === null ? scope.fail(node, TSB.fraction(text)) : int(value, loc);
    }
    case ts.SyntaxKind.TrueKeyword:
    case ts.SyntaxKind.FalseKeyword:
      return truth(node.kind === ts.SyntaxKind.TrueKeyword, loc);
    case ts.SyntaxKind.NullKeyword:
      return nullPointer(expected?.kind === "ptr" ? expected : pointerTo(voidType, "direct", true), loc);
    default: {
      const bytes = new TextEncoder().encode((node as ts.StringLiteral).text);
      return { kind: "string", bytes, type: { kind: "str", length: bytes.length + 1 }, loc };
    }
  }
}
