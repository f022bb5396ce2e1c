import type { Expr, Place } from "./expressions.js";
import type { Statement } from "./statements.js";

/** Called for each part of a function, what is around before what is inside. */
export interface Visitor {
  readonly expression?: (expr: Expr) => void;
  readonly place?: (place: Place) => void;
  readonly statement?: (statement: Statement) => void;
}

export function walkStatements(statements: readonly Statement[], visitor: Visitor): void {
  for (const statement of statements) walkStatement(statement, visitor);
}

export function walkStatement(statement: Statement, visitor: Visitor): void {
  visitor.statement?.(statement);
  const expressions = (...list: readonly (Expr | null)[]): void => {
    for (const expr of list) if (expr) walkExpression(expr, visitor);
  };
  switch (statement.kind) {
    case "expression":
      expressions(statement.expression);
      return;
    case "variable":
      expressions(statement.init);
      return;
    case "block":
      walkStatements(statement.body, visitor);
      return;
    case "if":
      expressions(statement.condition);
      walkStatement(statement.whenTrue, visitor);
      if (statement.whenFalse) walkStatement(statement.whenFalse, visitor);
      return;
    case "loop":
      expressions(statement.condition);
      walkStatement(statement.body, visitor);
      expressions(statement.step);
      return;
    case "iterate":
      expressions(statement.start, statement.next, statement.destroy);
      walkStatement(statement.body, visitor);
      return;
    case "unroll":
    case "labelled":
      walkStatement(statement.body, visitor);
      return;
    case "switch":
      expressions(statement.subject);
      for (const one of statement.cases) {
        expressions(one.value);
        walkStatements(one.body, visitor);
      }
      return;
    case "break":
    case "continue":
      return;
    case "return":
      expressions(statement.value);
      return;
  }
}

export function walkExpression(expr: Expr, visitor: Visitor): void {
  visitor.expression?.(expr);
  const inside = (...list: readonly Expr[]): void => {
    for (const one of list) walkExpression(one, visitor);
  };
  switch (expr.kind) {
    case "int":
    case "null":
    case "string":
    case "map":
    case "current":
    case "closure":
    case "captures":
    case "error":
      return;
    case "read":
    case "address":
      walkPlace(expr.place, visitor);
      return;
    case "convert":
    case "negate":
    case "complement":
    case "not":
    case "swap":
    case "log2":
      inside(expr.operand);
      return;
    case "binary":
    case "compare":
    case "and":
    case "or":
      inside(expr.left, expr.right);
      return;
    case "conditional":
      inside(expr.condition, expr.whenTrue, expr.whenFalse);
      return;
    case "assign":
    case "modify":
      walkPlace(expr.place, visitor);
      inside(expr.value);
      return;
    case "copy":
      inside(expr.target, expr.source);
      return;
    case "temporary":
      inside(...expr.init);
      return;
    case "call":
    case "helper":
      inside(...expr.args);
      return;
    case "sequence":
      walkStatements(expr.statements, visitor);
      inside(expr.value);
      return;
  }
}

export function walkPlace(place: Place, visitor: Visitor): void {
  visitor.place?.(place);
  switch (place.kind) {
    case "variable":
    case "slot":
    case "global":
      return;
    case "field":
      walkExpression(place.base, visitor);
      return;
    case "element":
      walkExpression(place.base, visitor);
      walkExpression(place.index, visitor);
      return;
    case "target":
      walkExpression(place.pointer, visitor);
      return;
  }
}
