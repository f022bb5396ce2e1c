import { TSB } from "../../diagnostics/catalogue.js";
import type { Body } from "../bodies.js";
import { GO_ON, InlineResult, STOP } from "../bodies.js";
import { discard, int, readVariable } from "../build.js";
import { arrowBody, arrowOf, bindParameters, makeClosure } from "../closures.js";
import { checkCondition, checkExpression, checkValue } from "../expressions/index.js";
import type { Expr, Variable } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import { integers, voidType } from "../model/types.js";
import { helperCall } from "./helper-call.js";
import type { Builtin } from "./index.js";
import { loopCall } from "./loop-call.js";

/** The most rounds that are written out; more would not help anybody. */
const MOST_UNROLLED = 1024n;

/** `loop(n, fn)`: bpf_loop; a body that returns false ends it. */
const loop: Builtin = (scope, node) => {
  const loc = scope.session.locate(node);
  const [count, body] = node.arguments;
  const arrow = arrowOf(scope, body, node);
  if (!count || !arrow) return scope.nothing(node);
  const rounds = checkValue(scope, count, integers.u32);
  if (rounds.type.kind === "error") return rounds;
  const params = bindParameters(scope, arrow, [{ name: "index", type: integers.u32 }]);
  const untilFalse: Body = {
    kind: "closure",
    result: (value) => {
      const again = checkCondition(scope, value);
      const [goOn, stop] = [GO_ON, STOP].map((n) => int(n, again.loc, integers.i64));
      if (again.type.kind === "error" || !goOn || !stop) return again;
      return {
        kind: "conditional",
        condition: again,
        whenTrue: goOn,
        whenFalse: stop,
        type: integers.i64,
        loc: again.loc,
      };
    },
  };
  const closure = makeClosure(scope, { name: "loop", params, loc, captures: true }, untilFalse, () =>
    arrowBody(scope, arrow, params),
  );
  return loopCall(scope, node, rounds, closure);
};

/** `repeat(N, fn)`: the body N times over; `return` ends one round. */
const repeat: Builtin = (scope, node) => {
  const loc = scope.session.locate(node);
  const [times, body] = node.arguments;
  const arrow = arrowOf(scope, body, node);
  if (!times || !arrow) return scope.nothing(node);
  const count = checkExpression(scope, times);
  if (count.type.kind === "error") return count;
  if (count.kind !== "int" || count.value < 0n || count.value > MOST_UNROLLED)
    return scope.fail(times, TSB.repeatCount(`${MOST_UNROLLED}`));
  const label = scope.label();
  const params = bindParameters(scope, arrow, [{ name: "round", type: integers.u32 }]);
  const [declared] = params;
  if (!declared) return scope.nothing(node);
  scope.bodies.push({ kind: "inline", label });
  const statements = arrowBody(scope, arrow, params);
  scope.bodies.pop();
  const unrolled: Statement = {
    kind: "unroll",
    count: Number(count.value),
    variable: declared,
    label,
    body: { kind: "block", body: statements, loc },
    loc,
  };
  return { kind: "sequence", statements: [unrolled], value: discard(loc), type: voidType, loc };
};

/** `withLock(lock, fn)`: bpf_spin_lock, the body in place, bpf_spin_unlock on every way out. */
const withLock: Builtin = (scope, node) => {
  const loc = scope.session.locate(node);
  const [lock, body] = node.arguments;
  const arrow = arrowOf(scope, body, node);
  if (!lock || !arrow) return scope.nothing(node);
  const address = checkExpression(scope, lock);
  if (address.type.kind === "error") return address;
  const held: Variable = scope.hidden("lock", address.type, loc);
  const lockAddress: Expr = {
    kind: "read",
    place: { kind: "variable", variable: held, type: held.type, loc },
    type: held.type,
    loc,
  };
  const label = scope.label();
  const result = new InlineResult(scope, loc);
  scope.bodies.push({ kind: "inline", label, result });
  const statements = arrowBody(scope, arrow, []);
  scope.bodies.pop();
  const call = (name: string): Statement => ({
    kind: "expression",
    expression: helperCall(scope, node, name, [lockAddress], integers.i64),
    loc,
  });
  const given = result.variable;
  return {
    kind: "sequence",
    statements: [
      ...(given ? [{ kind: "variable", variable: given, init: null, loc } as const] : []),
      { kind: "variable", variable: held, init: address, loc },
      call("bpf_spin_lock"),
      { kind: "labelled", label, body: { kind: "block", body: statements, loc }, loc },
      call("bpf_spin_unlock"),
    ],
    value: given ? readVariable(given, loc) : discard(loc),
    type: given?.type ?? voidType,
    loc,
  };
};

/** Functions of the standard library that are given an arrow function. */
export const closures: Readonly<Record<string, Builtin>> = { loop, repeat, withLock };
