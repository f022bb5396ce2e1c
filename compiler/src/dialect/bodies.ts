import type { ts } from "ts-morph";
import { int } from "./build.js";
import { coerce } from "./coerce.js";
import { computedType } from "./integers.js";
import type { Expr, Variable } from "./model/expressions.js";
import type { Loc } from "./model/location.js";
import type { LoopLabel, Statement } from "./model/statements.js";
import { integers, isInteger, type Type } from "./model/types.js";
import type { Scope } from "./scope.js";

/** A body inside a function's own: what `return`, `break` and `continue` mean in it. */
export type Body =
  /** An arrow function that is compiled in place: `return` jumps to its end, and may leave a value behind. */
  | { readonly kind: "inline"; readonly label: LoopLabel; readonly result?: InlineResult }
  /** An arrow function that the kernel calls: `return` gives it what `result` makes of the value. */
  | { readonly kind: "closure"; readonly result: (value: ts.Expression) => Expr | null }
  /** A loop's body that the kernel calls, round by round: jumps out of it happen after the last round. */
  | LoopBody;

/** What an arrow function that is compiled in place gives. The first value decides the type; `null` and no value are 0. */
export class InlineResult {
  #variable: Variable | null = null;

  constructor(
    readonly scope: Scope,
    readonly loc: Loc,
  ) {}

  /** Keeps a value until the body's end is reached. */
  keep(value: Expr, node: ts.Node): Expr {
    if (value.kind === "null" || value.type.kind === "void" || value.type.kind === "error") return value;
    this.#variable ??= { ...this.scope.hidden("result", resultType(value), this.loc), constant: false };
    if (this.scope.isMadeHere(value)) this.scope.made.add(this.#variable);
    const { type } = this.#variable;
    const place = { kind: "variable", variable: this.#variable, type, loc: value.loc } as const;
    return { kind: "assign", place, value: coerce(this.scope, value, type, node), type, loc: value.loc };
  }

  /** The variable that holds it, declared before the body; null if the body gives nothing. */
  get variable(): Variable | null {
    return this.#variable;
  }
}

/** What `null` is given beside: it may be null. */
function resultType(value: Expr): Type {
  if (value.type.kind === "ptr") return { ...value.type, nullable: true };
  return value.kind === "int" && isInteger(value.type) ? computedType(value, value) : value.type;
}

export class LoopBody {
  readonly kind = "loop";
  /** What the function around it does before the rounds, and after them. */
  readonly before: Statement[] = [];
  readonly after: Statement[] = [];
  readonly #exit: Variable;
  #exits = 0;

  constructor(
    scope: Scope,
    readonly label: LoopLabel,
    readonly loc: Loc,
  ) {
    this.#exit = { ...scope.hidden("exit", integers.u32, loc), constant: false };
  }

  /** A variable of the function around it. */
  declare(variable: Variable): void {
    this.before.push({ kind: "variable", variable, init: null, loc: this.loc });
  }

  /** In the body: ends the rounds; then the function around it goes on with `next`. */
  leave(next: Statement): Statement {
    const { loc } = next;
    const place = { kind: "variable", variable: this.#exit, type: this.#exit.type, loc } as const;
    if (this.#exits === 0) this.declare(this.#exit);
    const number = int(BigInt(++this.#exits), loc, this.#exit.type);
    this.after.push({
      kind: "if",
      condition: {
        kind: "compare",
        op: "==",
        left: { kind: "read", place, type: place.type, loc },
        right: number,
        type: { kind: "bool" },
        loc,
      },
      whenTrue: next,
      whenFalse: null,
      loc,
    });
    const set: Expr = { kind: "assign", place, value: number, type: place.type, loc };
    return { kind: "block", body: [{ kind: "expression", expression: set, loc }, ended(STOP, loc)], loc };
  }
}

/** What a callback tells the kernel: `bpf_loop` and `bpf_for_each_map_elem` end at anything but 0. */
export const GO_ON = 0n;
export const STOP = 1n;

export const ended = (result: bigint, loc: Loc): Statement => ({
  kind: "return",
  value: int(result, loc, integers.i64),
  loc,
});

/** What `return` leaves: the innermost body that is an arrow function, or null for the function itself. */
export const innermost = (scope: Scope): Exclude<Body, LoopBody> | null =>
  scope.bodies.findLast((b) => b.kind !== "loop") ?? null;

/** `statement` of the given body (null: of the function itself), reached from inside the loop bodies within it. */
export function leaving(scope: Scope, body: Body | null, statement: Statement): Statement {
  const inside = scope.bodies.slice(body ? scope.bodies.indexOf(body) + 1 : 0);
  return inside.reduce((next, one) => (one.kind === "loop" ? one.leave(next) : next), statement);
}

/** `break` or `continue`, which may lead out of loop bodies that the kernel calls. */
export function jump(scope: Scope, kind: "break" | "continue", target: LoopLabel, loc: Loc): Statement {
  const own = scope.bodies.find((b) => b.kind === "loop" && b.label === target);
  if (own) return leaving(scope, own, ended(kind === "continue" ? GO_ON : STOP, loc));
  const borders = scope.bodies.filter((b) => b.kind !== "inline");
  const outside = borders[target.depth - 1] ?? null;
  return leaving(scope, outside, { kind, target, loc });
}
