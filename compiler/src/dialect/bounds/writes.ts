import type { Expr } from "../model/expressions.js";
import type { Func } from "../model/model.js";
import type { Statement } from "../model/statements.js";
import { walkExpression, walkStatements } from "../model/walk.js";
import { isField, type Key, type Keys } from "./facts.js";

/** Expressions that change memory by means other than an assignment. */
export const writers: ReadonlySet<Expr["kind"]> = new Set(["copy", "atomic", "compareExchange"]);
const assignments: ReadonlySet<Expr["kind"]> = new Set(["assign", "modify", "atomic", "compareExchange"]);
const calls: ReadonlySet<Expr["kind"]> = new Set(["call", "helper", "kernelCall"]);

/** Variables that a closure assigns, and those in it. */
export function changedBy(closure: Func, keys: Keys): ReadonlySet<Key> {
  const changed = new Set<Key>();
  const visit = (body: readonly Statement[]): void =>
    walkStatements(body, {
      expression: (expr) => {
        if ("place" in expr && assignments.has(expr.kind) && expr.place.kind === "variable")
          changed.add(keys.ofVariable(expr.place.variable));
        if (expr.kind === "closure") visit(expr.closure.body);
      },
    });
  visit(closure.body);
  return changed;
}

/** What computing an expression changes: of such a thing it may have read the value before. */
export class Writes {
  readonly #known = new WeakMap<Expr, (key: Key) => boolean>();

  constructor(readonly keys: Keys) {}

  of(expr: Expr): (key: Key) => boolean {
    let changes = this.#known.get(expr);
    if (!changes) {
      changes = this.#find(expr);
      this.#known.set(expr, changes);
    }
    return changes;
  }

  #find(expr: Expr): (key: Key) => boolean {
    const variables = new Set<Key>();
    let memory = false;
    walkExpression(expr, {
      expression: (part) => {
        if (part.kind === "closure") for (const key of changedBy(part.closure, this.keys)) variables.add(key);
        if (calls.has(part.kind) || writers.has(part.kind)) memory = true;
        if (!("place" in part) || !assignments.has(part.kind)) return;
        if (part.place.kind === "variable") variables.add(this.keys.ofVariable(part.place.variable));
        else memory = true;
      },
    });
    if (!memory && variables.size === 0) return nothing;
    return (key) => (isField(key) ? memory || variables.has(ownerOf(key)) : variables.has(key));
  }
}

const nothing = (): boolean => false;

/** The variable that leads to a field. */
const ownerOf = (key: Key): Key => key.slice(0, key.indexOf("."));
