import { ts } from "ts-morph";
import type { Session } from "../session.js";

/** The call of a standard-library decorator such as `@align(8)`. */
export function decoratorCall(
  session: Session,
  node: ts.HasDecorators,
  name: string,
): ts.CallExpression | null {
  for (const { expression } of ts.getDecorators(node) ?? []) {
    if (!ts.isCallExpression(expression)) continue;
    const symbol = session.symbolOf(expression.expression);
    if (symbol && session.stdlibName(symbol) === name) return expression;
  }
  return null;
}

export function hasDecorator(session: Session, node: ts.HasDecorators, name: string): boolean {
  return (ts.getDecorators(node) ?? []).some(({ expression }) => {
    const symbol = session.symbolOf(ts.isCallExpression(expression) ? expression.expression : expression);
    return symbol !== null && session.stdlibName(symbol) === name;
  });
}
