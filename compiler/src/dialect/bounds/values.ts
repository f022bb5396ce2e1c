import type { Expr, Place } from "../model/expressions.js";
import type { Func } from "../model/model.js";
import { isInteger, type Type } from "../model/types.js";
import { walkStatements } from "../model/walk.js";
import { type Range, rangeOf, rangeOfType } from "../ranges.js";
import { constantOffset, exchanged, narrowed, type opposite, step } from "./conditions.js";
import {
  type Facts,
  intersection,
  isField,
  type Key,
  Keys,
  type Known,
  keepsValue,
  union,
  within,
} from "./facts.js";
import { Writes } from "./writes.js";

/** What holds after a piece of a function; null if nothing comes after it. */
export type After = Facts | null;

export const WHOLE: Range = { min: -(1n << 64n), max: 1n << 64n };
export const ZERO: Known = { source: { min: 0n, max: 0n }, seen: { min: 0n, max: 0n } };

/** What is known of the values of expressions, and how comparisons and assignments change that. */
export class Values {
  readonly keys = new Keys();
  readonly #writes = new Writes(this.keys);
  /** What the verifier has seen of the place that is being modified. */
  readonly #current = new Map<Expr, Known>();
  readonly #exposed = new Set<Key>();
  /** Values of `a ? b : c`, each looked at with what the condition says. */
  readonly #chosen = new Map<Expr, Range>();
  readonly #returns = new Map<Func, Range | null>();
  /** Values of `x = y`, `x += y`, `x++`. */
  readonly #results = new Map<Expr, Known>();

  /** Of a value that was computed, from the source and from what the verifier has seen. */
  known(expr: Expr, facts: Facts): Known {
    return {
      source: rangeOf(expr, this.#of("source", expr, facts)),
      seen: rangeOf(expr, this.#of("seen", expr, facts)),
    };
  }

  #of(side: keyof Known, whole: Expr, facts: Facts): (expr: Expr) => Range | null {
    const changes = this.#writes.of(whole);
    return (expr) => {
      if (expr.kind === "current") return this.#current.get(expr)?.[side] ?? null;
      if (expr.kind === "conditional" && side === "source") return this.#chosen.get(expr) ?? null;
      if (expr.kind === "assign" || expr.kind === "modify") return this.#results.get(expr)?.[side] ?? null;
      if (expr.kind === "call" && side === "source") return this.#returned(expr.callee);
      if (expr.kind === "read") {
        const key = this.keys.ofPlace(expr.place);
        // In `i + i++` the first is what `i` was before.
        const known = key === null || changes(key) ? undefined : facts.known.get(key);
        return known ? intersection(known[side], rangeOfType(expr.type)) : null;
      }
      // The verifier forgets what a division gives.
      if (side === "seen" && expr.kind === "binary" && (expr.op === "%" || expr.op === "/"))
        return rangeOfType(expr.type);
      return null;
    };
  }

  /** What a function can return, by the form of what its returns have. */
  #returned(func: Func): Range | null {
    const known = this.#returns.get(func);
    if (known !== undefined) return known;
    this.#returns.set(func, null);
    let all: Range | null = null;
    walkStatements(func.body, {
      statement: (statement) => {
        if (statement.kind !== "return" || !statement.value) return;
        const one = rangeOf(statement.value);
        all = all ? union(all, one) : one;
      },
    });
    this.#returns.set(func, all);
    return all;
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

  /** An assignment was computed: what its value is. */
  assigned(expr: Expr & { kind: "assign" }, facts: Facts): Known {
    return this.#result(expr, expr.type, this.known(expr.value, facts));
  }

  /** The same of a modification: what it is, and what it leaves. */
  modified(expr: Expr & { kind: "modify" }, facts: Facts): Known {
    const whole = rangeOfType(expr.type);
    const old = this.#current.get(expr.current) ?? { source: whole, seen: whole };
    const value = this.known(expr.value, facts);
    const source = counted(expr, old.source) ?? value.source;
    const left = this.#result(expr, expr.type, { source, seen: value.seen });
    if (expr.result === "old") this.#result(expr, expr.type, old);
    return left;
  }

  #result(expr: Expr, type: Type, { source, seen }: Known): Known {
    const whole = rangeOfType(type);
    const known = { source: intersection(source, whole) ?? whole, seen: intersection(seen, whole) ?? whole };
    this.#results.set(expr, known);
    return known;
  }

  /** What holds once two values were found to compare so. */
  compare(op: keyof typeof opposite, left: Expr, right: Expr, facts: Facts): After {
    const one = this.#narrow(op, left, right, facts);
    return one && this.#narrow(exchanged[op], right, left, one);
  }

  /** Narrows what `subject` was read from. The verifier learns of a register what is compared itself. */
  #narrow(op: keyof typeof opposite, subject: Expr, limit: Expr, facts: Facts): After {
    const named = this.#named(subject);
    if (!named || this.#exposed.has(named.key) || this.#writes.of(limit)(named.key)) return facts;
    const { key, offset, type } = named;
    const whole = rangeOfType(type);
    const held = facts.known.get(key);
    const known: Known = {
      source: (held && intersection(held.source, whole)) ?? whole,
      seen: (held && intersection(held.seen, whole)) ?? whole,
    };
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

  /** A value as what is now in a place, and what was added to that: `i + 1`, `i++`, `n = f()`. */
  #named(value: Expr): { readonly key: Key; readonly offset: bigint; readonly type: Type } | null {
    const { base, offset } = constantOffset(value);
    if (base.kind === "convert" && keepsValue(base.operand, base)) {
      const inner = this.#named(base.operand);
      return inner && { ...inner, offset: inner.offset + offset };
    }
    if (base.kind !== "read" && base.kind !== "assign" && base.kind !== "modify") return null;
    const key = this.keys.ofPlace(base.place);
    const after = base.kind === "modify" && base.result === "old" ? step(base) : 0n;
    return key === null || after === null ? null : { key, offset: offset - after, type: base.type };
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

/** More rounds than a program makes, whatever it counts. */
const STEP = 1n << 16n;

/**
 * What a signed counter of 64 bits is after a small step. It does not wrap: no program runs for so long, and sums that
 * do not fit 64 bits are promised nothing.
 */
function counted(expr: Expr & { kind: "modify" }, old: Range): Range | null {
  const { type } = expr;
  const by = step(expr);
  if (!isInteger(type) || !type.signed || type.bits !== 64 || by === null || by > STEP || by < -STEP)
    return null;
  const { min, max } = rangeOfType(type);
  const at = (bound: bigint): bigint => (bound + by < min ? min : bound + by > max ? max : bound + by);
  return { min: at(old.min), max: at(old.max) };
}
