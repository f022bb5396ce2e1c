import type { Expr, Variable } from "../model/expressions.js";

/** A reference, by the call that gave it. */
export type Reference = Expr & { readonly kind: "helper" | "kernelCall" };

/**
 * What is known of a reference: it was given and not compared with null; it is the program's; it was null; it is one of
 * these, which a comparison tells again; it is another's, and may be looked at while the lock is held; it is the program's
 * no more. `unknown` where other ways meet, and where it went somewhere that is not followed: nothing is said of it then.
 */
export type Status = "given" | "held" | "null" | "either" | "lent" | "gone" | "unknown";

const OPEN: ReadonlySet<Status> = new Set(["given", "held", "null", "either"]);

/** Where two ways meet. A flag may say which one was taken, so that one that was compared is not told of any more. */
function met(a: Status | undefined, b: Status | undefined): Status {
  if (a === b && a) return a;
  return a && b && OPEN.has(a) && OPEN.has(b) ? "either" : "unknown";
}

/** Which variable holds which reference, and what is known of each. Null where nothing comes. */
export class State {
  constructor(
    readonly variables: ReadonlyMap<Variable, Reference> = new Map(),
    readonly references: ReadonlyMap<Reference, Status> = new Map(),
  ) {}

  status(reference: Reference): Status {
    return this.references.get(reference) ?? "unknown";
  }

  is(reference: Reference, status: Status): State {
    return new State(this.variables, new Map(this.references).set(reference, status));
  }

  holds(variable: Variable, reference: Reference | null): State {
    const variables = new Map(this.variables);
    if (reference) variables.set(variable, reference);
    else variables.delete(variable);
    return new State(variables, this.references);
  }

  /** Is there a variable, other than these, that holds it? */
  isHeldBeside(reference: Reference, variables: ReadonlySet<Variable>): boolean {
    return [...this.variables].some(([variable, held]) => held === reference && !variables.has(variable));
  }

  /** The lock is let go: what was only shown is out of sight. */
  unlocked(): State {
    const references = new Map(this.references);
    for (const [reference, status] of references) if (status === "lent") references.set(reference, "gone");
    return new State(this.variables, references);
  }

  join(other: State): State {
    const references = new Map<Reference, Status>();
    for (const reference of new Set([...this.references.keys(), ...other.references.keys()])) {
      references.set(reference, met(this.references.get(reference), other.references.get(reference)));
    }
    const variables = new Map<Variable, Reference>();
    for (const variable of new Set([...this.variables.keys(), ...other.variables.keys()])) {
      const [a, b] = [this.variables.get(variable), other.variables.get(variable)];
      if (a && a === b) variables.set(variable, a);
      else for (const lost of [a, b]) if (lost) references.set(lost, "unknown");
    }
    return new State(variables, references);
  }

  equals(other: State): boolean {
    return same(this.variables, other.variables) && same(this.references, other.references);
  }
}

export const join = (a: State | null, b: State | null): State | null => (a && b ? a.join(b) : (a ?? b));

const same = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
