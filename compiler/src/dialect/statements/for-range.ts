import type { ts } from "ts-morph";
import { LoopBody } from "../bodies.js";
import { binary, convert, int, readVariable } from "../build.js";
import { loopCall } from "../builtins/loop-call.js";
import { makeClosure, parameterOf } from "../closures.js";
import { checkValue } from "../expressions/index.js";
import { isGplCompatible } from "../license.js";
import type { Expr, Variable } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import { boolType, integers } from "../model/types.js";
import type { Scope } from "../scope.js";
import { kernelFeatures } from "../stdlib-tables.js";
import { isOlder } from "../target.js";
import { checkOne } from "./index.js";
import { numbers, overIterator } from "./iterators.js";
import { labelOf } from "./jumps.js";
import { roundValue } from "./loop-names.js";
import { withTargets } from "./loops.js";

/**
 * `for (const i of range(from, to))`: an open-coded iterator, or `bpf_loop` on kernels that are older, and for licenses
 * under which no function of the kernel may be called.
 */
export function overRange(
  scope: Scope,
  node: ts.ForOfStatement,
  call: ts.CallExpression,
): Statement | Statement[] {
  const [first, last] = call.arguments;
  if (!first || !last) return [];
  const from = checkValue(scope, first, integers.i32);
  const to = checkValue(scope, last, integers.i32);
  if (from.type.kind === "error" || to.type.kind === "error") return [];
  // In a callback, Linux 6.18 may fail at an iterator: "verifier bug: add backedge: no SCC in verification path".
  const inCallback = scope.bodies.some(({ kind }) => kind !== "inline");
  const { session, program } = scope;
  if (
    inCallback ||
    isOlder(session.target, kernelFeatures.numberIterators) ||
    !isGplCompatible(program.license)
  )
    return byCallback(scope, node, from, to);
  return overIterator(scope, node, numbers, [from, to], { from, to });
}

/** The body as a callback that is given the number of its round. */
function byCallback(scope: Scope, node: ts.ForOfStatement, from: Expr, to: Expr): Statement {
  const loc = scope.session.locate(node);
  const hold = (called: string, init: Expr): { variable: Variable; statement: Statement; value: Expr } => {
    const variable = scope.hidden(called, init.type, loc);
    const statement: Statement = { kind: "variable", variable, init, loc };
    return { variable, statement, value: convert(readVariable(variable, loc), integers.i64) };
  };
  const [low, high] = [hold("from", from), hold("to", to)];
  const label = labelOf(scope, node);
  const round = parameterOf("round", integers.u32, loc, 0);
  const loop = new LoopBody(scope, label, loc);
  const head = { name: "range", params: [round], loc, captures: true };
  const closure = makeClosure(scope, head, loop, () => {
    const index = binary("+", low.value, convert(readVariable(round, loc), integers.i64), integers.i64, loc);
    return [
      ...roundValue(scope, node, convert(index, integers.i32)),
      withTargets(scope, label, () => checkOne(scope, node.statement)),
    ];
  });
  const rounds: Expr = {
    kind: "conditional",
    condition: { kind: "compare", op: "<", left: low.value, right: high.value, type: boolType, loc },
    whenTrue: convert(binary("-", high.value, low.value, integers.i64, loc), integers.u32),
    whenFalse: int(0n, loc, integers.u32),
    type: integers.u32,
    loc,
  };
  const expression = loopCall(scope, node, rounds, closure);
  return {
    kind: "block",
    body: [
      low.statement,
      high.statement,
      ...loop.before,
      { kind: "expression", expression, loc },
      ...loop.after,
    ],
    loc,
  };
}
