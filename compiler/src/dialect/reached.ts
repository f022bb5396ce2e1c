import type { Expr } from "./model/expressions.js";
import type { Func } from "./model/model.js";
import { walkStatements } from "./model/walk.js";

/** A program, and all that it calls or hands to the kernel, directly or not. */
export function reachedFrom(program: Func): ReadonlySet<Func> {
  const seen = new Set([program]);
  // The set grows on the way.
  for (const func of seen) for (const called of callees(func)) seen.add(called);
  return seen;
}

function callees(func: Func): readonly Func[] {
  return collect(func, (expr) => {
    if (expr.kind === "call") return expr.callee;
    return expr.kind === "closure" ? expr.closure : null;
  });
}

/** What `pick` makes of a function's own expressions. */
export function collect<T>(func: Func, pick: (expr: Expr) => T | null): readonly T[] {
  const found: T[] = [];
  walkStatements(func.body, {
    expression: (expr) => {
      const picked = pick(expr);
      if (picked !== null) found.push(picked);
    },
  });
  return found;
}
