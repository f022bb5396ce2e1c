import type { Expr, Place } from "../model/expressions.js";
import { type Range, rangeOf, rangeOfType } from "../ranges.js";
import { constantOffset, exchanged, narrowed, type opposite } from "./conditions.js";
import { type Facts, intersection, isField, type Key, Keys, type Known, union, within } from "./facts.js";

/** What holds after a piece of a function; null if nothing comes after it. */
export type After = Facts | null;

export const WHOLE: Range = { min: -(1n << 64n), max: 1n << 64n };
export const ZERO: Known = { source: { min: 0n, max: 0n }, seen: { min: 0n, max: 0n } };

/** What is known of the values of expressions, and how comparisons and assignments change that. */
export class Values {
  readonly keys = new Keys();
  /** What the verifier has seen of the place that is being modified. */
  readonly #current = new Map<Expr, Known>();
  readonly #exposed = new Set<Key>();
  /** Values of `a ? b : c`, each looked at with what the condition says. */
  readonly #chosen = new Map<Expr, Range>();

  /** Of a value, from the source and from what the verifier has seen. */
  known(expr: Expr, facts: Facts): Known {
    return { source: rangeOf(expr, this.#of("source", facts)), seen: rangeOf(expr, this.#of("seen", facts)) };
  }

  #of(side: keyof Known, facts: Facts): (expr: Expr) => Range | null {
    return (expr) => {
      if (expr.kind === "current") return this.#current.get(expr)?.[side] ?? null;
      if (expr.kind === "conditional" && side === "source") return this.#chosen.get(expr) ?? null;
      if (expr.kind === "read") {
        const key = this.keys.ofPlace(expr.place);
        const known = key === null ? undefined : facts.known.get(key);
        return known ? intersection(known[side], rangeOfType(expr.type)) : null;
      }
      // The verifier forgets what a division gives.
      if (side === "seen" && expr.kind === "binary" && (expr.op === "%" || expr.op === "/"))
        return rangeOfType(expr.type);
      return null;
    };
  }

  /** Inside of a modification, `current` stands for the place as it was. */
  modifying(expr: Expr & { kind: "modify" }, facts: Facts): void {
    const key = this.keys.ofPlace(expr.place);
    const old = key === null ? undefined : facts.known.get(key);
    if (old) this.#current.set(expr.current, old);
    else this.#current.delete(expr.current);
  }

  /** Of one of two values, after the condition: facts are null where it never is that. */
  chosen(expr: Expr & { kind: "conditional" }, whenTrue: After, whenFalse: After): void {
    const a = whenTrue && this.known(expr.whenTrue, whenTrue).source;
    const b = whenFalse && this.known(expr.whenFalse, whenFalse).source;
    const value = a && b ? union(a, b) : (a ?? b);
    if (value && within(value, rangeOfType(expr.type))) this.#chosen.set(expr, value);
    else this.#chosen.delete(expr);
  }

  /** What holds once two values were found to compare so. */
  compare(op: keyof typeof opposite, left: Expr, right: Expr, facts: Facts): After {
    const one = this.#narrow(op, left, right, facts);
    return one && this.#narrow(exchanged[op], right, left, one);
  }

  /** Narrows what `subject` was read from. The verifier learns of a register what is compared itself. */
  #narrow(op: keyof typeof opposite, subject: Expr, limit: Expr, facts: Facts): After {
    const { base, offset } = constantOffset(subject);
    const key = this.keys.ofValue(base);
    if (key === null || this.#exposed.has(key)) return facts;
    const known = this.known(base, facts);
    const other = this.known(limit, facts);
    const shifted = { min: other.source.min - offset, max: other.source.max - offset };
    // A sum that may have wrapped says nothing of its parts.
    const sum = { min: known.source.min + offset, max: known.source.max + offset };
    if (!within(sum, rangeOfType(subject.type))) return facts;
    const source = narrowed(known.source, op, shifted);
    if (!source) return null;
    const seen = (offset === 0n && !isField(key) && narrowed(known.seen, op, other.seen)) || known.seen;
    return facts.with(key, { source, seen });
  }

  /** A place has a new value. */
  stored(place: Place, value: Known, facts: Facts): Facts {
    if (place.kind === "variable") return this.set(facts, this.keys.ofVariable(place.variable), value);
    // Two names may mean one field: what was known of any is gone.
    const left = facts.without(isField);
    const key = this.keys.ofPlace(place);
    const whole = rangeOfType(place.type);
    const source = intersection(value.source, whole);
    return key === null || !source ? left : left.with(key, { source, seen: whole });
  }

  /** A variable whose address is known may change without an assignment: nothing is said of it any more. */
  expose(place: Place, facts: Facts): Facts {
    if (place.kind !== "variable") return facts;
    const key = this.keys.ofVariable(place.variable);
    this.#exposed.add(key);
    return facts.without((k) => k === key);
  }

  /** A variable has a new value: what was known of it, and of what it leads to, is gone. */
  set(facts: Facts, key: Key, value: Known): Facts {
    const left = facts.without((k) => k === key || k.startsWith(`${key}.`));
    return this.#exposed.has(key) ? left : left.with(key, value);
  }
}
