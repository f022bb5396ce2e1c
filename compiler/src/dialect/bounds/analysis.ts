import type { Expr, Place } from "../model/expressions.js";
import type { Func } from "../model/model.js";
import type { LoopLabel, Statement } from "../model/statements.js";
import { integers, sameType } from "../model/types.js";
import { partsOf, walkStatements } from "../model/walk.js";
import { type Range, rangeOfType } from "../ranges.js";
import { opposite } from "./conditions.js";
import { Facts, intersection, isField, within } from "./facts.js";
import { isMoved, startsAtConstant, unseen } from "./sight.js";
import { type After, Values, WHOLE, ZERO } from "./values.js";
import { changedBy, writers } from "./writes.js";

/** An element whose index was looked at. */
export type ElementPlace = Place & { readonly kind: "element" };

export interface Found {
  /** An index that may be outside of its array, for all that the source says. */
  unbounded(place: ElementPlace): void;
  /** An index or a size that is inside, though the verifier has not seen why: it is at most this. */
  bounded(what: { readonly bound: { most: bigint | null } }, most: bigint): void;
}

/** Before widening settles a loop, bounds may move this often. */
const ROUNDS = 3;

/**
 * Follows the values of integers through a function, as the verifier does, to tell which indexes stay inside their
 * arrays: what comparisons, loops and counters say of variables, and of fields until something may change them.
 */
export class BoundsAnalysis {
  readonly #values = new Values();
  readonly #breaks = new Map<LoopLabel, After>();
  readonly #continues = new Map<LoopLabel, After>();
  /** Places and sizes that were looked at. */
  readonly #looked = new WeakSet<object>();
  /** What holds wherever the function, or the closure, has returned. */
  #returned: After = null;
  /** Above 0 while a loop's facts are still moving: nothing is found then. */
  #trying = 0;

  constructor(readonly found: Found) {}

  function(func: Func): void {
    this.#statements(func.body, new Facts());
  }

  /**
   * Indexes and sizes where no way leads by the source. The verifier may find one, for it knows less: there they are at
   * most what is allowed.
   */
  unreached(functions: readonly Func[]): void {
    for (const { body } of functions)
      walkStatements(body, {
        place: (place) => {
          const inside = place.kind === "element" && !this.#looked.has(place) ? indexesOf(place) : null;
          if (inside && place.kind === "element") this.found.bounded(place, inside.max);
        },
        expression: (expr) => {
          if (expr.kind === "size" && !this.#looked.has(expr)) this.found.bounded(expr, expr.capacity);
        },
      });
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
        const key = this.#values.keys.ofVariable(statement.variable);
        return this.#values.set(
          after,
          key,
          statement.init ? this.#values.known(statement.init, after) : ZERO,
        );
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
        const key = this.#values.keys.ofVariable(statement.variable);
        const { range } = statement;
        const source = range
          ? counted(
              this.#values.known(range.from, started).source,
              this.#values.known(range.to, started).source,
            )
          : rangeOfType(integers.i32);
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
        const key = this.#values.keys.ofVariable(statement.variable);
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
        this.#returned = join(
          this.#returned,
          statement.value ? this.#evaluate(statement.value, facts) : facts,
        );
        return null;
    }
  }

  #loop(loop: Statement & { kind: "loop" }, facts: Facts): After {
    return this.#settled(loop.label, facts, (head) => {
      const test = (at: After, truth: boolean, quiet = false): After =>
        at && (loop.condition ? this.#condition(loop.condition, at, truth, quiet) : truth ? at : null);
      const tested = loop.test === "before" ? test(head, true) : head;
      const inside =
        tested && unseen(tested, (key) => !startsAtConstant(facts, key) && isMoved(head, tested, key));
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
      const entered =
        one.value?.kind === "int" ? this.#values.compare("==", statement.subject, one.value, at) : at;
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
        return this.#values.compare(
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
        this.#values.chosen(expr, a, b);
        return join(a, b) ?? new Facts();
      }
      case "size": {
        const at = this.#evaluate(expr.operand, facts);
        if (this.#trying === 0) this.#size(expr, at);
        return at;
      }
      case "address":
        return this.#values.expose(expr.place, this.#place(expr.place, facts));
      case "read":
        return this.#place(expr.place, facts);
      case "assign": {
        const after = this.#evaluate(expr.value, this.#place(expr.place, facts));
        return this.#values.stored(expr.place, this.#values.assigned(expr, after), after);
      }
      case "modify": {
        const at = this.#place(expr.place, facts);
        this.#values.modifying(expr, at);
        const after = this.#evaluate(expr.value, at);
        return this.#values.stored(expr.place, this.#values.modified(expr, after), after);
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
    this.#looked.add(place);
    const inside = indexesOf(place);
    if (!inside) return;
    const { source, seen } = this.#values.known(place.index, facts);
    if (!within(source, inside)) this.found.unbounded(place);
    else if (!within(seen, inside)) this.found.bounded(place, source.max);
  }

  /** A size that the source does not bound is left to the verifier, which may know more of what a helper gave. */
  #size(expr: Expr & { kind: "size" }, facts: Facts): void {
    this.#looked.add(expr);
    const inside = { min: 0n, max: expr.capacity };
    const { source, seen } = this.#values.known(expr.operand, facts);
    if (within(source, inside) && !within(seen, inside)) this.found.bounded(expr, source.max);
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
   * A closure runs any number of times, as a loop's body does. What it shares with the function around it lies in
   * memory, of which the verifier knows nothing.
   */
  #closure(closure: Func, count: Expr | null, facts: Facts): Facts {
    const changed = changedBy(closure, this.#values.keys);
    const [first] = closure.params;
    // The first parameter of `loop` counts the rounds.
    const counter = first && count && first.type.kind === "int" ? first : null;
    const rounds = count && counted(ZERO.source, this.#values.known(count, facts).source);
    if (counter && !rounds) return facts;
    const outer = this.#returned;
    const after = this.#settled(
      { name: "", depth: 0 },
      unseen(facts, (key) => changed.has(key)),
      (head) => {
        this.#returned = null;
        const inside = unseen(head, () => true);
        const seen = counter && rangeOfType(counter.type);
        const end = this.#statements(
          closure.body,
          counter && rounds && seen
            ? inside.with(this.#values.keys.ofVariable(counter), { source: rounds, seen })
            : inside,
        );
        const next = join(end, this.#returned);
        return { next: next && unseen(next, (key) => changed.has(key)), leave: head };
      },
    );
    this.#returned = outer;
    return after ?? facts;
  }

  #taken(jumps: Map<LoopLabel, After>, label: LoopLabel): After {
    const taken = jumps.get(label) ?? null;
    jumps.delete(label);
    return taken;
  }
}

/** What an index may be; null where there is no array to be outside of. */
function indexesOf({ base, type }: ElementPlace): Range | null {
  const array = base.type.kind === "ptr" ? base.type.to : base.type;
  if (array.kind !== "array" && array.kind !== "str") return null;
  // A pointer to a whole array that is stepped by arrays has no bound of its own.
  if (!sameType(type, array.kind === "str" ? integers.u8 : array.element)) return null;
  return { min: 0n, max: BigInt(array.length - 1) };
}

const join = (a: After, b: After): After => (a && b ? a.join(b) : (a ?? b));

/** What counts from `from` up to, not including, `to`; null if that is nothing. */
const counted = (from: Range, to: Range): Range | null =>
  intersection({ min: from.min, max: to.max - 1n }, WHOLE);
