import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { LoopBody } from "../bodies.js";
import { contentOf, int, readVariable } from "../build.js";
import { helperCall } from "../builtins/helper-call.js";
import { closureArguments, makeClosure, parameterOf } from "../closures.js";
import type { Expr, MapExpr } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import { integers, isAggregate, pointerTo, typeName } from "../model/types.js";
import { assignPart, bindElement } from "../patterns.js";
import type { Scope } from "../scope.js";
import { checkOne } from "./index.js";
import { labelOf } from "./jumps.js";
import { withTargets } from "./loops.js";

/** `for (const [key, value] of map)`: `bpf_for_each_map_elem`, whose callback is the loop's body. */
export function overMap(scope: Scope, node: ts.ForOfStatement, map: MapExpr): Statement | Statement[] {
  const loc = scope.session.locate(node);
  const { key, value } = map.type;
  const names = entryNames(node.initializer);
  if (!names || !key || !value) {
    scope.session.report(
      names ? node.expression : node.initializer,
      names ? TSB.notIterable(typeName(map.type)) : TSB.entryWhole(),
    );
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
    const pointer = readVariable(params[1], loc);
    const parts = [
      isAggregate(key) ? pointer : contentOf({ kind: "target", pointer, type: key, loc }),
      readVariable(params[2], loc),
    ];
    const before = names.flatMap((take, i) => {
      const part = parts[i];
      return part ? take(scope, part) : [];
    });
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

type Take = (scope: Scope, part: Expr) => Statement[];

/** What becomes of key and value, in `[key, value]`; null for anything else. */
function entryNames(initializer: ts.ForInitializer): readonly Take[] | null {
  if (!ts.isVariableDeclarationList(initializer))
    return ts.isArrayLiteralExpression(initializer)
      ? initializer.elements.map((target) => (scope, part) => assignPart(scope, target, part))
      : null;
  const name = initializer.declarations[0]?.name;
  const constant = (initializer.flags & ts.NodeFlags.Const) !== 0;
  if (!name || !ts.isArrayBindingPattern(name)) return null;
  return name.elements.map((one) => (scope, part) => bindElement(scope, one, part, constant));
}
