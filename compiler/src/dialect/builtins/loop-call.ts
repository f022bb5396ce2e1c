import type { ts } from "ts-morph";
import { convert, int, readVariable } from "../build.js";
import { closureArguments } from "../closures.js";
import type { Expr } from "../model/expressions.js";
import type { Func } from "../model/model.js";
import { boolType, integers } from "../model/types.js";
import type { Scope } from "../scope.js";
import { helperCall } from "./helper-call.js";

/**
 * The closure, `rounds` times: `bpf_loop`, but no call for no rounds. The verifier does not go into a callback that it
 * knows is never called, removes it as dead code, and then fails at its address: EFAULT, "No program to jit" (kernel:
 * check_helper_call() and jit_subprogs(), seen on 6.18).
 */
export function loopCall(scope: Scope, node: ts.Node, rounds: Expr, closure: Func): Expr {
  const loc = scope.session.locate(node);
  const held = scope.hidden("rounds", integers.u32, loc);
  const count = readVariable(held, loc);
  const none = int(0n, loc, integers.i64);
  const { address, captures } = closureArguments(closure, loc);
  const args = [count, address, captures, int(0n, loc, integers.u64)];
  return {
    kind: "sequence",
    statements: [{ kind: "variable", variable: held, init: rounds, loc }],
    value: {
      kind: "conditional",
      condition: {
        kind: "compare",
        op: "!=",
        left: convert(count, integers.i64),
        right: none,
        type: boolType,
        loc,
      },
      whenTrue: helperCall(scope, node, "bpf_loop", args, integers.i64),
      whenFalse: none,
      type: integers.i64,
      loc,
    },
    type: integers.i64,
    loc,
  };
}
