import { ts } from "ts-morph";
import type { Expr } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import { assignPart, bind } from "../patterns.js";
import type { Scope } from "../scope.js";

/** What a round begins with: its value is given to the names that the loop declares, or to a variable outside. */
export function roundValue(scope: Scope, { initializer }: ts.ForOfStatement, value: Expr): Statement[] {
  if (!ts.isVariableDeclarationList(initializer)) return assignPart(scope, initializer, value);
  const [declared] = initializer.declarations;
  const constant = (initializer.flags & ts.NodeFlags.Const) !== 0;
  return declared ? bind(scope, declared.name, value, constant) : [];
}
