import { capturesOf } from "../captures.js";
import type { Expr, Place, Variable } from "../model/expressions.js";
import type { Loc } from "../model/location.js";
import type { Func } from "../model/model.js";
import type { LoopLabel, Statement } from "../model/statements.js";
import { partsOf, walkStatement } from "../model/walk.js";
import { handlingOf } from "./functions.js";
import { join, type Reference, State } from "./state.js";

export interface Found {
  /** The program's, and left: at the end of the function, of a round of a loop, or with its last variable. */
  leaked(reference: Reference, at: Loc): void;
  /** Used, though it is the program's no more. */
  gone(reference: Reference, at: Loc): void;
}

/** A value, as far as it is a reference, and what holds after it was computed. */
interface Value {
  readonly reference: Reference | null;
  readonly state: State | null;
}

const NOTHING: Value = { reference: null, state: null };

interface Ways {
  readonly whenTrue: State | null;
  readonly whenFalse: State | null;
}

/**
 * Follows references through a function: what a call gave has to be given back once, on every way. Only what holds on all
 * ways to a place is told; the verifier, which follows each way by itself, knows the rest.
 */
export class ReferenceAnalysis {
  readonly #breaks = new Map<LoopLabel, State | null>();
  readonly #continues = new Map<LoopLabel, State | null>();
  /** Above 0 while a loop's state is still moving: nothing is found then. */
  #trying = 0;

  constructor(readonly found: Found) {}

  function(func: Func): void {
    const end = this.#statements(func.body, new State());
    if (end) this.#left(end, null);
  }

  #statements(statements: readonly Statement[], before: State | null): State | null {
    return statements.reduce<State | null>((state, one) => state && this.#statement(one, state), before);
  }

  #statement(statement: Statement, state: State): State | null {
    switch (statement.kind) {
      case "expression":
        return this.#value(statement.expression, state).state;
      case "variable": {
        const { reference, state: after } = statement.init
          ? this.#value(statement.init, state)
          : { reference: null, state };
        return after && this.#stored(statement.variable, reference, after, statement.loc);
      }
      case "block":
        return this.#statements(statement.body, state);
      case "if": {
        const { whenTrue, whenFalse } = this.#decide(statement.condition, state);
        const a = whenTrue && this.#statement(statement.whenTrue, whenTrue);
        return join(
          a,
          whenFalse && statement.whenFalse ? this.#statement(statement.whenFalse, whenFalse) : whenFalse,
        );
      }
      case "loop":
        return this.#settled(statement, state, (head) => {
          const before: Ways =
            statement.test === "before"
              ? this.#decide(statement.condition, head)
              : { whenTrue: head, whenFalse: null };
          const ended = before.whenTrue && this.#statement(statement.body, before.whenTrue);
          const bottom = join(ended, this.#taken(this.#continues, statement.label));
          const stepped = bottom && statement.step ? this.#value(statement.step, bottom).state : bottom;
          if (statement.test === "before") return { next: stepped, leave: before.whenFalse };
          const after = this.#decide(statement.condition, stepped);
          return { next: after.whenTrue, leave: after.whenFalse };
        });
      case "iterate":
      case "unroll":
        return this.#settled(statement, state, (head) => {
          const ended = this.#statement(statement.body, head);
          const labelled = statement.kind === "iterate" ? this.#continues : this.#breaks;
          const next = join(ended, this.#taken(labelled, statement.label));
          return { next, leave: join(head, next) };
        });
      case "switch": {
        const { state: at } = this.#value(statement.subject, state);
        let through: State | null = null;
        for (const one of statement.cases) through = this.#statements(one.body, join(through, at));
        const none = statement.cases.some((c) => c.value === null) ? null : at;
        return join(join(through, none), this.#taken(this.#breaks, statement.label));
      }
      case "labelled":
        return join(this.#statement(statement.body, state), this.#taken(this.#breaks, statement.label));
      case "break":
      case "continue": {
        const jumps = statement.kind === "break" ? this.#breaks : this.#continues;
        jumps.set(statement.target, join(jumps.get(statement.target) ?? null, state));
        return null;
      }
      case "return": {
        const { reference, state: after } = statement.value
          ? this.#value(statement.value, state)
          : { reference: null, state };
        const rest = after && reference ? after.is(reference, "unknown") : after;
        if (rest) this.#left(rest, statement.loc);
        return null;
      }
    }
  }

  /** What is still the program's where a function ends. */
  #left(state: State, at: Loc | null): void {
    if (this.#trying > 0) return;
    for (const [reference, status] of state.references)
      if (status === "held" || status === "given") this.found.leaked(reference, at ?? reference.loc);
  }

  /** Goes round until what holds at the head holds at the end, too; then once more, to tell what is found. */
  #settled(
    loop: Statement & { readonly label: LoopLabel },
    state: State,
    round: (head: State) => { readonly next: State | null; readonly leave: State | null },
  ): State | null {
    const inside = declaredIn(loop);
    let head = state;
    this.#trying++;
    for (;;) {
      const { next } = round(head);
      this.#taken(this.#breaks, loop.label);
      const joined = head.join(this.#rounded(next, inside) ?? head);
      if (joined.equals(head)) break;
      head = joined;
    }
    this.#trying--;
    const { next, leave } = round(head);
    this.#rounded(next, inside);
    return join(leave, this.#taken(this.#breaks, loop.label));
  }

  /** The end of a round: what only variables of the body hold is lost. */
  #rounded(state: State | null, inside: ReadonlySet<Variable>): State | null {
    if (!state) return null;
    let rest = state;
    for (const [variable, reference] of state.variables) {
      if (!inside.has(variable)) continue;
      if (!rest.isHeldBeside(reference, inside)) rest = this.#lost(reference, reference.loc, rest);
      rest = rest.holds(variable, null);
    }
    return rest;
  }

  #lost(reference: Reference, at: Loc, state: State): State {
    const status = state.status(reference);
    if ((status === "held" || status === "given") && this.#trying === 0) this.found.leaked(reference, at);
    return state.is(reference, "unknown");
  }

  /** Puts a value into a variable; what it held before may be lost with that. */
  #stored(variable: Variable, reference: Reference | null, state: State, at: Loc): State {
    const old = state.variables.get(variable);
    const beside = old && (old === reference || state.isHeldBeside(old, new Set([variable])));
    const kept = old && !beside ? this.#lost(old, at, state) : state;
    return kept.holds(variable, reference);
  }

  /** What holds where a condition is true, and where it is false. None is always true. */
  #decide(condition: Expr | null, state: State | null): Ways {
    if (!state) return { whenTrue: null, whenFalse: null };
    if (!condition) return { whenTrue: state, whenFalse: null };
    switch (condition.kind) {
      case "not": {
        const { whenTrue, whenFalse } = this.#decide(condition.operand, state);
        return { whenTrue: whenFalse, whenFalse: whenTrue };
      }
      case "and": {
        const left = this.#decide(condition.left, state);
        const right = this.#decide(condition.right, left.whenTrue);
        return { whenTrue: right.whenTrue, whenFalse: join(left.whenFalse, right.whenFalse) };
      }
      case "or": {
        const left = this.#decide(condition.left, state);
        const right = this.#decide(condition.right, left.whenFalse);
        return { whenTrue: join(left.whenTrue, right.whenTrue), whenFalse: right.whenFalse };
      }
      case "int":
        return condition.value !== 0n
          ? { whenTrue: state, whenFalse: null }
          : { whenTrue: null, whenFalse: state };
      case "sequence": {
        return this.#decide(condition.value, this.#statements(condition.statements, state));
      }
      case "compare":
        if (condition.right.kind === "null" && (condition.op === "!=" || condition.op === "==")) {
          const { reference, state: after } = this.#value(condition.left, state);
          const there = compared(after, reference, true);
          const absent = compared(after, reference, false);
          return condition.op === "!="
            ? { whenTrue: there, whenFalse: absent }
            : { whenTrue: absent, whenFalse: there };
        }
        break;
      default:
    }
    const { state: after } = this.#value(condition, state);
    return { whenTrue: after, whenFalse: after };
  }

  #value(expr: Expr, state: State): Value {
    switch (expr.kind) {
      case "read":
        if (expr.place.kind === "variable")
          return { reference: state.variables.get(expr.place.variable) ?? null, state };
        return { reference: null, state: this.#place(expr.place, state).state };
      case "address":
        return this.#place(expr.place, state);
      case "convert": {
        const value = this.#value(expr.operand, state);
        return expr.type.kind === "ptr" ? value : { ...value, reference: null };
      }
      case "conditional":
        return this.#conditional(expr, state);
      case "sequence": {
        const after = this.#statements(expr.statements, state);
        const { reference, state: end } = after ? this.#value(expr.value, after) : NOTHING;
        return { reference, state: end && without(end, expr.statements) };
      }
      case "assign": {
        if (expr.place.kind !== "variable") break;
        const { reference, state: after } = this.#value(expr.value, state);
        return { reference, state: after && this.#stored(expr.place.variable, reference, after, expr.loc) };
      }
      case "and":
      case "or":
      case "not": {
        const { whenTrue, whenFalse } = this.#decide(expr, state);
        return { reference: null, state: join(whenTrue, whenFalse) };
      }
      case "compare":
        return {
          reference: null,
          state: this.#value(expr.right, this.#value(expr.left, state).state ?? state).state,
        };
      case "helper":
      case "kernelCall":
        return this.#called(expr, state);
      case "closure":
        return { reference: null, state: escaped(state, capturesOf(expr.closure)) };
    }
    return { reference: null, state: this.#inside(expr, state) };
  }

  /** `p ? f(p) : null`: as much a reference as p was. */
  #conditional(expr: Expr & { kind: "conditional" }, state: State): Value {
    const { whenTrue, whenFalse } = this.#decide(expr.condition, state);
    const a = whenTrue ? this.#value(expr.whenTrue, whenTrue) : NOTHING;
    const b = whenFalse ? this.#value(expr.whenFalse, whenFalse) : NOTHING;
    const reference = a.reference && expr.whenFalse.kind === "null" ? a.reference : null;
    const after = join(a.state, b.state);
    if (!after || !reference || !a.state || !b.state)
      return { reference: b.state ? null : a.reference, state: after };
    const given = a.state.status(reference) === "held" && b.state.status(reference) === "null";
    return { reference, state: given ? after.is(reference, "given") : after };
  }

  #called(expr: Reference, state: State): Value {
    const name = expr.kind === "helper" ? expr.name : expr.callee.name;
    const { gives, takes = [], lends = [], shows } = handlingOf(name);
    let after: State | null = state;
    const given: (Reference | null)[] = [];
    for (const arg of expr.args) {
      if (!after) return NOTHING;
      const value: Value = this.#value(arg, after);
      given.push(value.reference);
      after = value.state;
    }
    given.forEach((reference, i) => {
      if (!after || !reference) return;
      after = this.#used(reference, expr.loc, after);
      if (takes.includes(i)) after = after.is(reference, "gone");
      else if (lends.includes(i)) after = after.is(reference, "lent");
      // What comes of it may be the same by another type: `bpf_skc_to_tcp_sock(sk)`.
      else if (expr.type.kind === "ptr" && !gives && !shows) after = after.is(reference, "unknown");
    });
    if (name === "bpf_spin_unlock" || name === "bpf_res_spin_unlock") after = after?.unlocked() ?? null;
    if (!after || (!gives && !shows)) return { reference: null, state: after };
    return { reference: expr, state: after.is(expr, gives ? "given" : "lent") };
  }

  /** Reading or writing through it, or handing it on. */
  #used(reference: Reference, at: Loc, state: State): State {
    if (state.status(reference) !== "gone") return state;
    if (this.#trying === 0) this.found.gone(reference, at);
    return state.is(reference, "unknown");
  }

  /** A place on the way to a read or a write; its address leads into the same object. */
  #place(place: Place, state: State): Value {
    switch (place.kind) {
      case "variable":
        return { reference: null, state: escaped(state, new Set([place.variable])) };
      case "slot":
      case "global":
      case "extern":
        return { reference: null, state };
      case "field":
      case "target": {
        const value = this.#value(place.kind === "field" ? place.base : place.pointer, state);
        return value.reference && value.state
          ? { ...value, state: this.#used(value.reference, place.loc, value.state) }
          : value;
      }
      case "element": {
        const value = this.#value(place.base, state);
        return value.state
          ? { reference: value.reference, state: this.#value(place.index, value.state).state }
          : value;
      }
    }
  }

  /** The parts of any other expression: a reference that goes into one is not followed. */
  #inside(expr: Expr, state: State): State | null {
    let at: State | null = state;
    for (const part of partsOf(expr)) {
      if (!at) return null;
      if ("statements" in part) at = this.#statements(part.statements, at);
      else if ("place" in part) at = this.#place(part.place, at).state;
      else {
        const value: Value = this.#value(part.expression, at);
        const keeps = expr.kind === "call" || expr.kind === "assign" || expr.kind === "modify";
        const used =
          value.state && value.reference ? this.#used(value.reference, expr.loc, value.state) : value.state;
        at = used && value.reference && keeps ? used.is(value.reference, "unknown") : used;
      }
    }
    return at;
  }

  #taken(jumps: Map<LoopLabel, State | null>, label: LoopLabel): State | null {
    const state = jumps.get(label) ?? null;
    jumps.delete(label);
    return state;
  }
}

/** What holds once a reference was compared with null, and was there or not. */
function compared(state: State | null, reference: Reference | null, there: boolean): State | null {
  if (!state || !reference) return state;
  switch (state.status(reference)) {
    case "given":
    case "either":
      return state.is(reference, there ? "held" : "null");
    case "held":
      return there ? state : null;
    case "null":
      return there ? null : state;
    default:
      return state;
  }
}

/** Variables that a closure or an address leads to may change at any time. */
function escaped(state: State, variables: ReadonlySet<object>): State {
  let at = state;
  for (const [variable, reference] of state.variables)
    if (variables.has(variable)) at = at.holds(variable, null).is(reference, "unknown");
  return at;
}

/** Variables of a sequence end with it. */
const without = (state: State, statements: readonly Statement[]): State =>
  statements.reduce((at, one) => (one.kind === "variable" ? at.holds(one.variable, null) : at), state);

function declaredIn(loop: Statement): ReadonlySet<Variable> {
  const declared = new Set<Variable>();
  walkStatement(loop, { statement: (one) => void ("variable" in one && declared.add(one.variable)) });
  return declared;
}
