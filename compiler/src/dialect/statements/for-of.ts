import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { binary, contentOf, element, int, readVariable } from "../build.js";
import { checkExpression } from "../expressions/index.js";
import type { Expr, MapExpr, Variable } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import { type ArrayType, boolType, integers, type StrType, typeName } from "../model/types.js";
import type { Scope } from "../scope.js";
import { unparenthesized } from "../syntax.js";
import { overMap } from "./for-map.js";
import { overRange } from "./for-range.js";
import { checkOne } from "./index.js";
import { overNamedIterator } from "./iterators.js";
import { labelOf } from "./jumps.js";
import { roundValue } from "./loop-names.js";
import { withTargets } from "./loops.js";

/** `for (const x of …)`: an array, a `range()` or another of the kernel's iterators, or a map. */
export function checkForOf(scope: Scope, node: ts.ForOfStatement): Statement | Statement[] {
  const source = unparenthesized(node.expression);
  if (ts.isCallExpression(source)) {
    const symbol = scope.session.symbolOf(source.expression);
    const name = symbol && scope.session.stdlibName(symbol);
    if (name === "range") return overRange(scope, node, source);
    const iterated = name ? overNamedIterator(scope, node, source, name) : null;
    if (iterated) return iterated;
  }
  const value = checkExpression(scope, source);
  if (value.type.kind === "error") return [];
  if (value.type.kind === "map") return overMap(scope, node, value as MapExpr);
  if (value.type.kind === "ptr" && (value.type.to.kind === "array" || value.type.to.kind === "str"))
    return overArray(scope, node, value, value.type.to);
  scope.session.report(node.expression, TSB.notIterable(typeName(value.type)));
  return [];
}

/** Counts through the elements of an array, or the bytes of a text. */
function overArray(
  scope: Scope,
  node: ts.ForOfStatement,
  array: Expr,
  type: ArrayType | StrType,
): Statement | Statement[] {
  const loc = scope.session.locate(node);
  const whole = scope.hidden("array", array.type, loc);
  const index: Variable = { ...scope.hidden("index", integers.u64, loc), constant: false };
  const counter = readVariable(index, loc);
  const held = type.kind === "str" ? integers.u8 : type.element;
  const at = element(readVariable(whole, loc), counter, held, scope.session.locate(node.initializer));
  const begin = roundValue(scope, node, contentOf(at));
  const label = labelOf(scope, node);
  const body = withTargets(scope, label, () => checkOne(scope, node.statement));
  const current = { kind: "current", type: index.type, loc } as const;
  return {
    kind: "block",
    body: [
      { kind: "variable", variable: whole, init: array, loc },
      { kind: "variable", variable: index, init: int(0n, loc, integers.u64), loc },
      {
        kind: "loop",
        label,
        test: "before",
        condition: {
          kind: "compare",
          op: "<",
          left: counter,
          right: int(BigInt(type.length), loc, integers.u64),
          type: boolType,
          loc,
        },
        step: {
          kind: "modify",
          place: { kind: "variable", variable: index, type: index.type, loc },
          current,
          value: binary("+", current, int(1n, loc, integers.u64), integers.u64, loc),
          result: "new",
          type: index.type,
          loc,
        },
        body: { kind: "block", body: [...begin, body], loc },
        loc,
      },
    ],
    loc,
  };
}
