import type { Expr, Place } from "./expressions.js";
import type { Statement } from "./statements.js";

/** Called for each part of a function, what is around before what is inside. */
export interface Visitor {
  readonly expression?: (expr: Expr) => void;
  readonly place?: (place: Place) => void;
  readonly statement?: (statement: Statement) => void;
}

/** A kind that was added to the model has to be added here: what is not walked is taken for not there. */
function nothingLeft(_: never): void {}

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
    default:
      nothingLeft(statement);
  }
}

/** What an expression is made of, in the order of its evaluation. */
export type Part =
  | { readonly expression: Expr }
  | { readonly place: Place }
  | { readonly statements: readonly Statement[] };

const expressions = (...list: readonly Expr[]): Part[] => list.map((expression) => ({ expression }));

export function partsOf(expr: Expr): readonly Part[] {
  switch (expr.kind) {
    case "int":
    case "null":
    case "string":
    case "constantText":
    case "map":
    case "current":
    case "closure":
    case "captures":
    case "kernelFunction":
    case "typeFact":
    case "typeId":
    case "enumFact":
    case "mayLoop":
    case "error":
      return [];
    case "read":
    case "address":
    case "fieldFact":
      return [{ place: expr.place }];
    case "convert":
    case "negate":
    case "complement":
    case "not":
    case "swap":
    case "atMost":
    case "size":
    case "log2":
      return expressions(expr.operand);
    case "clear":
      return expressions(expr.object);
    case "textLength":
      return expressions(expr.text);
    case "binary":
    case "compare":
    case "and":
    case "or":
    case "sameText":
      return expressions(expr.left, expr.right);
    case "conditional":
      return expressions(expr.condition, expr.whenTrue, expr.whenFalse);
    case "assign":
    case "atomic":
      return [{ expression: expr.value }, { place: expr.place }];
    case "modify":
      return [{ place: expr.place }, { expression: expr.value }];
    case "compareExchange":
      return [{ place: expr.place }, ...expressions(expr.expected, expr.value)];
    case "copy":
      return expressions(expr.target, expr.source);
    case "temporary":
      return expressions(...expr.init);
    case "call":
    case "kernelCall":
    case "helper":
      return expressions(...expr.args);
    case "sequence":
      return [{ statements: expr.statements }, { expression: expr.value }];
  }
}

export function walkExpression(expr: Expr, visitor: Visitor): void {
  visitor.expression?.(expr);
  for (const part of partsOf(expr)) {
    if ("expression" in part) walkExpression(part.expression, visitor);
    else if ("place" in part) walkPlace(part.place, visitor);
    else walkStatements(part.statements, visitor);
  }
}

export function walkPlace(place: Place, visitor: Visitor): void {
  visitor.place?.(place);
  switch (place.kind) {
    case "variable":
    case "slot":
    case "global":
    case "extern":
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
    default:
      nothingLeft(place);
  }
}
