import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import type { Variable } from "../model/expressions.js";
import type { Type } from "../model/types.js";
import type { Scope } from "../scope.js";
import { cName } from "../types/names.js";

/** The one name that a loop declares; null if it declares something else, which is reported. */
export function loopName(scope: Scope, node: ts.ForOfStatement): ts.BindingName | null {
  const { initializer } = node;
  if (ts.isVariableDeclarationList(initializer)) return initializer.declarations[0]?.name ?? null;
  scope.session.report(initializer, TSB.notYet("A loop over a variable declared outside"));
  return null;
}

/** A variable of a round. */
export function named(scope: Scope, name: ts.Identifier, type: Type, constant = true): Variable {
  const loc = scope.session.locate(name);
  const variable: Variable = {
    name: cName(name.text),
    type,
    loc,
    constant,
    parameter: null,
    copy: { slot: null },
  };
  scope.declare(name, variable);
  return variable;
}
