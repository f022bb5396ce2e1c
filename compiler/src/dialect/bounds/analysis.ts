import type { Expr, Place } from "../model/expressions.js";
import type { Func } from "../model/model.js";
import type { LoopLabel, Statement } from "../model/statements.js";
import { integers, sameType } from "../model/types.js";
import { partsOf, walkStatements } from "../model/walk.js";
import { type Range, rangeOf, rangeOfType } from "../ranges.js";
import { constantOffset, exchanged, narrowed, opposite } from "./conditions.js";
import { Facts, intersection, isField, type Key, Keys, type Known, within } from "./facts.js";

/** An element whose index was looked at. */
export type ElementPlace = Place & { readonly kind: "element" };

export interface Found {
  /** An index that may be outside of its array, for all that the source says. */
  unbounded(place: ElementPlace): void;
  /** An index that is inside, though the verifier has not seen why: it is at most this. */
  bounded(place: ElementPlace, most: bigint): void;
}

/** Before widening settles a loop, bounds may move this often. */
const ROUNDS = 3;

type After = Facts | null;

/**
 * Follows the values of integers through a function, as the verifier does, to tell which indexes stay inside their
 * arrays: what comparisons, loops and counters say of variables, and of fields until something may change them.
 */
export class BoundsAnalysis {
  readonly #keys = new Keys();
  readonly #breaks = new Map<LoopLabel, After>();
  readonly #continues = new Map<LoopLabel, After>();
  /** What the verifier has seen of the place that is being modified. */
  readonly #current = new Map<Expr, Known>();
  readonly #exposed = new Set<Key>();
  /** Above 0 while a loop's facts are still moving: nothing is found then. */
  #trying = 0;

  constructor(readonly found: Found) {}

  function(func: Func): void {
    this.#statements(func.body, new Facts());
  }

  #statements(statements: readonly Statement[], before: After): After {
    let facts = before;
    for (const statement of statements) {
      if (facts === null) return null;
      facts = this.#statement(statement, facts);
    }
    return facts;
  }

  #statement(statement: Statement, facts: Facts): After {
    switch (statement.kind) {
      case "expression":
        return this.#evaluate(statement.expression, facts);
      case "variable": {
        const after = statement.init ? this.#evaluate(statement.init, facts) : facts;
        const key = this.#keys.ofVariable(statement.variable);
        return this.#set(after, key, statement.init ? this.#known(statement.init, after) : ZERO);
      }
      case "block":
        return this.#statements(statement.body, facts);
      case "if": {
        const whenTrue = this.#condition(statement.condition, facts, true);
        const whenFalse = this.#condition(statement.condition, facts, false, true);
        const a = whenTrue && this.#statement(statement.whenTrue, whenTrue);
        const b =
          statement.whenFalse && whenFalse ? this.#statement(statement.whenFalse, whenFalse) : whenFalse;
        return join(a, b);
      }
      case "loop":
        return this.#loop(statement, facts);
      case "iterate": {
        const started = this.#evaluate(statement.start, facts);
        const key = this.#keys.ofVariable(statement.variable);
        const { from, to } = statement.range;
        const source = counted(
          rangeOf(from, this.#of("source", started)),
          rangeOf(to, this.#of("source", started)),
        );
        return this.#settled(statement.label, started, (head) => {
          const inside = source
            ? head.with(key, { source, seen: rangeOfType(statement.variable.type) })
            : null;
          const end = inside && this.#statement(statement.body, inside);
          return { next: join(end, this.#taken(this.#continues, statement.label)), leave: head };
        });
      }
      case "unroll": {
        if (statement.count === 0) return facts;
        const key = this.#keys.ofVariable(statement.variable);
        const range = { min: 0n, max: BigInt(statement.count - 1) };
        return this.#settled(statement.label, facts, (head) => {
          const end = this.#statement(statement.body, head.with(key, { source: range, seen: range }));
          const next = join(end, this.#taken(this.#breaks, statement.label));
          return { next, leave: next ?? head };
        });
      }
      case "switch":
        return this.#switch(statement, facts);
      case "labelled":
        return join(this.#statement(statement.body, facts), this.#taken(this.#breaks, statement.label));
      case "break":
      case "continue": {
        const jumps = statement.kind === "break" ? this.#breaks : this.#continues;
        jumps.set(statement.target, join(jumps.get(statement.target) ?? null, facts));
        return null;
      }
      case "return":
        if (statement.value) this.#evaluate(statement.value, facts);
        return null;
    }
  }

  #loop(loop: Statement & { kind: "loop" }, facts: Facts): After {
    return this.#settled(loop.label, facts, (head) => {
      const test = (at: After, truth: boolean, quiet = false): After =>
        at && (loop.condition ? this.#condition(loop.condition, at, truth, quiet) : truth ? at : null);
      const inside = loop.test === "before" ? test(head, true) : head;
      const ended = inside && this.#statement(loop.body, inside);
      const bottom = join(ended, this.#taken(this.#continues, loop.label));
      const stepped = bottom && loop.step ? this.#evaluate(loop.step, bottom) : bottom;
      return loop.test === "before"
        ? { next: stepped, leave: test(head, false, true) }
        : { next: test(stepped, true), leave: test(stepped, false, true) };
    });
  }

  /** Goes round until what holds at the head holds at the end, too; then once more, to look at the indexes. */
  #settled(
    label: LoopLabel,
    facts: Facts,
    round: (head: Facts) => { readonly next: After; readonly leave: After },
  ): After {
    let head = facts;
    this.#trying++;
    for (let i = 0; ; i++) {
      const { next } = round(head);
      this.#taken(this.#breaks, label);
      const joined = next ? (i < ROUNDS ? head.join(next) : head.widen(next)) : head;
      if (joined.equals(head)) break;
      head = joined;
    }
    this.#trying--;
    const { leave } = round(head);
    return join(leave, this.#taken(this.#breaks, label));
  }

  #switch(statement: Statement & { kind: "switch" }, facts: Facts): After {
    const at = this.#evaluate(statement.subject, facts);
    let through: After = null;
    for (const one of statement.cases) {
      const entered = one.value?.kind === "int" ? this.#compare("==", statement.subject, one.value, at) : at;
      through = this.#statements(one.body, join(through, entered));
    }
    const none = statement.cases.some((c) => c.value === null) ? null : at;
    return join(join(through, none), this.#taken(this.#breaks, statement.label));
  }

  /** What holds once a condition was found true, or false. `quiet` if its parts were looked at already. */
  #condition(condition: Expr, facts: Facts, truth: boolean, quiet = false): After {
    if (quiet) this.#trying++;
    const after = this.#decide(condition, facts, truth);
    if (quiet) this.#trying--;
    return after;
  }

  #decide(condition: Expr, facts: Facts, truth: boolean): After {
    switch (condition.kind) {
      case "not":
        return this.#decide(condition.operand, facts, !truth);
      case "and":
      case "or": {
        // `a && b` is true after both; false after the first's false, or its true and the second's false.
        const both = (condition.kind === "and") === truth;
        const first = this.#decide(condition.left, facts, truth);
        if (both) return first && this.#decide(condition.right, first, truth);
        const other = this.#condition(condition.left, facts, !truth, true);
        return join(first, other && this.#decide(condition.right, other, truth));
      }
      case "compare": {
        const at = this.#evaluate(condition.right, this.#evaluate(condition.left, facts));
        return this.#compare(
          truth ? condition.op : opposite[condition.op],
          condition.left,
          condition.right,
          at,
        );
      }
      case "int":
        return (condition.value !== 0n) === truth ? facts : null;
      case "sequence": {
        const at = this.#statements(condition.statements, facts);
        return at && this.#decide(condition.value, at, truth);
      }
      default:
        return this.#evaluate(condition, facts);
    }
  }

  #compare(op: keyof typeof opposite, left: Expr, right: Expr, facts: Facts): After {
    const one = this.#narrow(op, left, right, facts);
    return one && this.#narrow(exchanged[op], right, left, one);
  }

  /** Narrows what `subject` was read from. The verifier learns of a register what is compared itself. */
  #narrow(op: keyof typeof opposite, subject: Expr, limit: Expr, facts: Facts): After {
    const { base, offset } = constantOffset(subject);
    const key = this.#keys.ofValue(base);
    if (key === null || this.#exposed.has(key)) return facts;
    const known = this.#known(base, facts);
    const other = this.#known(limit, facts);
    const shifted = { min: other.source.min - offset, max: other.source.max - offset };
    // A sum that may have wrapped says nothing of its parts.
    const sum = { min: known.source.min + offset, max: known.source.max + offset };
    if (!within(sum, rangeOfType(subject.type))) return facts;
    const source = narrowed(known.source, op, shifted);
    if (!source) return null;
    const seen = (offset === 0n && !isField(key) && narrowed(known.seen, op, other.seen)) || known.seen;
    return facts.with(key, { source, seen });
  }

  /** What holds after an expression was computed. Looks at the indexes in it. */
  #evaluate(expr: Expr, facts: Facts): Facts {
    switch (expr.kind) {
      case "int":
      case "null":
      case "string":
      case "map":
      case "current":
      case "captures":
      case "error":
      case "closure":
        return facts;
      case "and":
      case "or":
      case "not":
        return (
          join(this.#condition(expr, facts, true), this.#condition(expr, facts, false, true)) ?? new Facts()
        );
      case "conditional": {
        const whenTrue = this.#condition(expr.condition, facts, true);
        const whenFalse = this.#condition(expr.condition, facts, false, true);
        const a = whenTrue && this.#evaluate(expr.whenTrue, whenTrue);
        const b = whenFalse && this.#evaluate(expr.whenFalse, whenFalse);
        return join(a, b) ?? new Facts();
      }
      case "address":
        return this.#exposedBy(expr.place, this.#place(expr.place, facts));
      case "read":
        return this.#place(expr.place, facts);
      case "assign": {
        const after = this.#place(expr.place, this.#evaluate(expr.value, facts));
        return this.#stored(expr.place, this.#known(expr.value, after), after);
      }
      case "modify": {
        const at = this.#place(expr.place, facts);
        const key = this.#keys.ofPlace(expr.place);
        const old = key === null ? undefined : at.known.get(key);
        if (old) this.#current.set(expr.current, old);
        else this.#current.delete(expr.current);
        const after = this.#evaluate(expr.value, at);
        return this.#stored(expr.place, this.#known(expr.value, after), after);
      }
      case "sequence":
        return this.#evaluate(expr.value, this.#statements(expr.statements, facts) ?? new Facts());
      case "call":
      case "helper":
      case "kernelCall":
        return this.#called(expr.args, facts);
      default:
        return this.#inside(expr, facts);
    }
  }

  /** The parts of an expression in their order; what writes to memory ends facts about fields. */
  #inside(expr: Expr, facts: Facts): Facts {
    let at = facts;
    for (const part of partsOf(expr)) {
      if ("expression" in part) at = this.#evaluate(part.expression, at);
      else if ("place" in part) at = this.#place(part.place, at);
      else at = this.#statements(part.statements, at) ?? new Facts();
    }
    return writers.has(expr.kind) ? at.without(isField) : at;
  }

  /** A place on the way to a read or a write: the indexes in it are looked at. */
  #place(place: Place, facts: Facts): Facts {
    switch (place.kind) {
      case "variable":
      case "slot":
      case "global":
      case "extern":
        return facts;
      case "field":
        return this.#evaluate(place.base, facts);
      case "target":
        return this.#evaluate(place.pointer, facts);
      case "element": {
        const at = this.#evaluate(place.index, this.#evaluate(place.base, facts));
        if (this.#trying === 0) this.#index(place, at);
        return at;
      }
    }
  }

  #index(place: ElementPlace, facts: Facts): void {
    const { base } = place;
    const array = base.type.kind === "ptr" ? base.type.to : base.type;
    if (array.kind !== "array" && array.kind !== "str") return;
    // A pointer to a whole array that is stepped by arrays has no bound of its own.
    if (!sameType(place.type, array.kind === "str" ? integers.u8 : array.element)) return;
    const inside = { min: 0n, max: BigInt(array.length - 1) };
    const { source, seen } = this.#known(place.index, facts);
    if (!within(source, inside)) this.found.unbounded(place);
    else if (!within(seen, inside)) this.found.bounded(place, source.max);
  }

  #stored(place: Place, value: Known, facts: Facts): Facts {
    if (place.kind === "variable") return this.#set(facts, this.#keys.ofVariable(place.variable), value);
    // Two names may mean one field: what was known of any is gone.
    const left = facts.without(isField);
    const key = this.#keys.ofPlace(place);
    const whole = rangeOfType(place.type);
    const source = intersection(value.source, whole);
    return key === null || !source ? left : left.with(key, { source, seen: whole });
  }

  /** A variable whose address is known may change without an assignment: nothing is said of it any more. */
  #exposedBy(place: Place, facts: Facts): Facts {
    if (place.kind !== "variable") return facts;
    const key = this.#keys.ofVariable(place.variable);
    this.#exposed.add(key);
    return facts.without((k) => k === key);
  }

  /** A variable has a new value: what was known of it, and of what it leads to, is gone. */
  #set(facts: Facts, key: Key, value: Known): Facts {
    const left = facts.without((k) => k === key || k.startsWith(`${key}.`));
    return this.#exposed.has(key) ? left : left.with(key, value);
  }

  /** A call may write to any memory, and to what its closures capture. */
  #called(args: readonly Expr[], facts: Facts): Facts {
    let at = facts;
    for (const arg of args) at = this.#evaluate(arg, at);
    at = at.without(isField);
    for (const [i, arg] of args.entries())
      if (arg.kind === "closure") at = this.#closure(arg.closure, args[i - 1] ?? null, at);
    return at;
  }

  /**
   * A closure runs any number of times, in no known order with what else it may be: it knows of variables around
   * only what it does not change, and what it changes is not known after it.
   */
  #closure(closure: Func, count: Expr | null, facts: Facts): Facts {
    const changed = this.#changedBy(closure);
    const kept = facts.without((key) => changed.has(key));
    const captured = new Map([...kept.known].map(([key, k]) => [key, { source: k.source, seen: WHOLE }]));
    const [first] = closure.params;
    let inside = new Facts(captured);
    // The first parameter of `loop` counts the rounds.
    if (first && count && first.type.kind === "int") {
      const source = counted(ZERO.source, this.#known(count, facts).source);
      if (!source) return kept;
      inside = inside.with(this.#keys.ofVariable(first), { source, seen: rangeOfType(first.type) });
    }
    this.#statements(closure.body, inside);
    return kept;
  }

  #changedBy(closure: Func): Set<Key> {
    const changed = new Set<Key>();
    const visit = (func: Func): void =>
      walkStatements(func.body, {
        expression: (expr) => {
          if ("place" in expr && writes.has(expr.kind) && expr.place.kind === "variable")
            changed.add(this.#keys.ofVariable(expr.place.variable));
          if (expr.kind === "closure") visit(expr.closure);
        },
      });
    visit(closure);
    return changed;
  }

  #taken(jumps: Map<LoopLabel, After>, label: LoopLabel): After {
    const taken = jumps.get(label) ?? null;
    jumps.delete(label);
    return taken;
  }

  #known(expr: Expr, facts: Facts): Known {
    return { source: rangeOf(expr, this.#of("source", facts)), seen: rangeOf(expr, this.#of("seen", facts)) };
  }

  #of(side: keyof Known, facts: Facts): (expr: Expr) => Range | null {
    return (expr) => {
      if (expr.kind === "current") return this.#current.get(expr)?.[side] ?? null;
      if (expr.kind === "read") {
        const key = this.#keys.ofPlace(expr.place);
        const known = key === null ? undefined : facts.known.get(key);
        return known ? intersection(known[side], rangeOfType(expr.type)) : null;
      }
      // The verifier forgets what a division gives.
      if (side === "seen" && expr.kind === "binary" && (expr.op === "%" || expr.op === "/"))
        return rangeOfType(expr.type);
      return null;
    };
  }
}

const WHOLE: Range = { min: -(1n << 64n), max: 1n << 64n };
const ZERO: Known = { source: { min: 0n, max: 0n }, seen: { min: 0n, max: 0n } };
/** Expressions that change memory by means other than an assignment. */
const writers: ReadonlySet<Expr["kind"]> = new Set(["copy", "atomic", "compareExchange"]);
const writes: ReadonlySet<Expr["kind"]> = new Set(["assign", "modify", "atomic", "compareExchange"]);

const join = (a: After, b: After): After => (a && b ? a.join(b) : (a ?? b));

/** What counts from `from` up to, not including, `to`; null if that is nothing. */
const counted = (from: Range, to: Range): Range | null =>
  intersection({ min: from.min, max: to.max - 1n }, WHOLE);
