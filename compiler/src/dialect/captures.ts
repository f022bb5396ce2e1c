import type { Slot, Variable } from "./model/expressions.js";
import type { Func } from "./model/model.js";
import { walkStatements } from "./model/walk.js";

/** Something that lives in a function's frame. */
export type Local = Variable | Slot;

export interface Locals {
  /** In the order of first use, so that objects come out the same each time. */
  readonly used: ReadonlySet<Local>;
  readonly declared: ReadonlySet<Local>;
  /** Functions made of the arrow functions in the body. */
  readonly closures: ReadonlySet<Func>;
}

/** What a function's own body names and declares; that of its closures counts for them. */
export function localsOf(func: Func): Locals {
  const used = new Set<Local>();
  const declared = new Set<Local>();
  const closures = new Set<Func>();
  const declare = (variable: Variable): void => {
    declared.add(variable);
    for (const { slot } of variable.copies) declared.add(slot);
  };
  for (const param of func.params) declare(param);
  walkStatements(func.body, {
    statement: (statement) => {
      if ("variable" in statement) declare(statement.variable);
      if (statement.kind === "iterate") declared.add(statement.state);
    },
    expression: (expr) => {
      if (expr.kind === "temporary") declared.add(expr.slot);
      if (expr.kind === "closure") closures.add(expr.closure);
    },
    place: (place) => {
      if (place.kind === "variable") used.add(place.variable);
      if (place.kind === "slot") used.add(place.slot);
    },
  });
  return { used, declared, closures };
}

/** What a function takes from the functions around it, for itself and for the closures inside it. */
export function capturesOf(func: Func): Set<Local> {
  const { used, declared, closures } = localsOf(func);
  const captured = new Set(used);
  for (const closure of closures) for (const local of capturesOf(closure)) captured.add(local);
  for (const local of declared) captured.delete(local);
  return captured;
}
