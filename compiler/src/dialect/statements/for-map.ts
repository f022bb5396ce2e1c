import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { LoopBody } from "../bodies.js";
import { contentOf, int, readVariable } from "../build.js";
import { helperCall } from "../builtins/helper-call.js";
import { closureArguments, makeClosure, parameterOf } from "../closures.js";
import type { MapExpr } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import { integers, isAggregate, pointerTo } from "../model/types.js";
import type { Scope } from "../scope.js";
import { checkOne } from "./index.js";
import { labelOf } from "./jumps.js";
import { loopName, named } from "./loop-names.js";
import { withTargets } from "./loops.js";

/** `for (const [key, value] of map)`: `bpf_for_each_map_elem`, whose callback is the loop's body. */
export function overMap(scope: Scope, node: ts.ForOfStatement, map: MapExpr): Statement | Statement[] {
  const loc = scope.session.locate(node);
  const name = loopName(scope, node);
  const { key, value } = map.type;
  if (!name) return [];
  if (!ts.isArrayBindingPattern(name) || !key || !value) {
    scope.session.report(name, TSB.notYet("A loop over a map without [key, value]"));
    return [];
  }
  const label = labelOf(scope, node);
  const params = [
    parameterOf("map", map.type, loc, 0),
    parameterOf("key", pointerTo(key), loc, 1),
    parameterOf("value", pointerTo(value), loc, 2),
  ] as const;
  const loop = new LoopBody(scope, label, loc);
  const closure = makeClosure(scope, { name: "each", params, loc, captures: true }, loop, () => {
    const [first, second] = name.elements;
    const before: Statement[] = [];
    if (first && ts.isBindingElement(first) && ts.isIdentifier(first.name)) {
      const pointer = readVariable(params[1], loc);
      const held = isAggregate(key) ? pointer : contentOf({ kind: "target", pointer, type: key, loc });
      before.push({ kind: "variable", variable: named(scope, first.name, held.type), init: held, loc });
    }
    if (second && ts.isBindingElement(second) && ts.isIdentifier(second.name)) {
      const held = readVariable(params[2], loc);
      before.push({ kind: "variable", variable: named(scope, second.name, held.type), init: held, loc });
    }
    return [...before, withTargets(scope, label, () => checkOne(scope, node.statement))];
  });
  const { address, captures } = closureArguments(closure, loc);
  const args = [map, address, captures, int(0n, loc, integers.u64)];
  const call = helperCall(scope, node, "bpf_for_each_map_elem", args, integers.i64);
  return {
    kind: "block",
    body: [...loop.before, { kind: "expression", expression: call, loc }, ...loop.after],
    loc,
  };
}
