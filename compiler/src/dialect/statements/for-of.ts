import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { LoopBody } from "../bodies.js";
import { addressOf, binary, contentOf, element, int, readVariable } from "../build.js";
import { helperCall } from "../builtins/helper-call.js";
import { closureArguments, makeClosure, parameterOf } from "../closures.js";
import { checkExpression, checkValue } from "../expressions/index.js";
import type { Expr, MapExpr, Variable } from "../model/expressions.js";
import { layOut } from "../model/layout.js";
import type { Loc } from "../model/location.js";
import type { ExternFunction } from "../model/model.js";
import type { Statement } from "../model/statements.js";
import {
  boolType,
  integers,
  isAggregate,
  pointerTo,
  type StructType,
  type Type,
  typeName,
  voidType,
} from "../model/types.js";
import { cName } from "../resolve-type.js";
import type { Scope } from "../scope.js";
import { unparenthesized } from "../syntax.js";
import { checkOne } from "./index.js";
import { labelOf } from "./jumps.js";
import { withTargets } from "./loops.js";

/** `for (const x of …)`: an array, a `range()`, or a map. */
export function checkForOf(scope: Scope, node: ts.ForOfStatement): Statement | Statement[] {
  const source = unparenthesized(node.expression);
  if (ts.isCallExpression(source)) {
    const symbol = scope.session.symbolOf(source.expression);
    if (symbol && scope.session.stdlibName(symbol) === "range") return overRange(scope, node, source);
  }
  const value = checkExpression(scope, source);
  if (value.type.kind === "error") return [];
  if (value.type.kind === "map") return overMap(scope, node, value as MapExpr);
  if (value.type.kind === "ptr" && value.type.to.kind === "array")
    return overArray(scope, node, value, value.type.to);
  scope.session.report(node.expression, TSB.notIterable(typeName(value.type)));
  return [];
}

/** The one name that a loop declares; null if it declares something else, which is reported. */
function loopName(scope: Scope, node: ts.ForOfStatement): ts.BindingName | null {
  const { initializer } = node;
  if (ts.isVariableDeclarationList(initializer)) return initializer.declarations[0]?.name ?? null;
  scope.session.report(initializer, TSB.notYet("A loop over a variable declared outside"));
  return null;
}

function named(scope: Scope, name: ts.Identifier, type: Type, constant = true): Variable {
  const loc = scope.session.locate(name);
  const variable: Variable = {
    name: cName(name.text),
    type,
    loc,
    constant,
    parameter: null,
    copy: { slot: null },
  };
  scope.declare(name, variable);
  return variable;
}

/** Counts through the array's elements. */
function overArray(
  scope: Scope,
  node: ts.ForOfStatement,
  array: Expr,
  type: Type & { kind: "array" },
): Statement | Statement[] {
  const loc = scope.session.locate(node);
  const name = loopName(scope, node);
  if (!name) return [];
  if (!ts.isIdentifier(name)) {
    scope.session.report(name, TSB.notYet("Taking an element apart"));
    return [];
  }
  const whole = scope.hidden("array", array.type, loc);
  const index: Variable = { ...scope.hidden("index", integers.u64, loc), constant: false };
  const counter = readVariable(index, loc);
  const at = element(readVariable(whole, loc), counter, type.element, scope.session.locate(name));
  const content = contentOf(at);
  const variable = named(scope, name, content.type);
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
        body: { kind: "block", body: [{ kind: "variable", variable, init: content, loc }, body], loc },
        loc,
      },
    ],
    loc,
  };
}

/** `struct bpf_iter_num`: include/uapi/linux/bpf.h. */
const iteratorState: StructType = {
  kind: "struct",
  name: "bpf_iter_num",
  union: false,
  origin: "local",
  shape: layOut(
    [{ name: "__opaque", type: { kind: "array", element: integers.u64, length: 1 }, width: null }],
    { union: false, packed: false, align: 8 },
  ),
  loc: null,
  syscallArguments: [],
};

/** The kernel's functions of that iterator, since Linux 6.4: kernel/bpf/bpf_iter.c. */
function iteratorFunctions(scope: Scope, loc: Loc) {
  const it = { name: "it", type: pointerTo(iteratorState) };
  const declare = (name: string, params: ExternFunction["params"], returns: Type): ExternFunction =>
    scope.program.externs.needed({ kind: "kfunc", name, params, returns, weak: false, loc });
  const bounds = ["start", "end"].map((name) => ({ name, type: integers.i32 }));
  return {
    start: declare("bpf_iter_num_new", [it, ...bounds], integers.i32),
    next: declare("bpf_iter_num_next", [it], pointerTo(integers.i32, "direct", true)),
    destroy: declare("bpf_iter_num_destroy", [it], voidType),
  };
}

/** `range(from, to)`: an open-coded iterator of the kernel's. */
function overRange(scope: Scope, node: ts.ForOfStatement, call: ts.CallExpression): Statement | Statement[] {
  const loc = scope.session.locate(node);
  const name = loopName(scope, node);
  const [from, to] = call.arguments;
  if (!name || !ts.isIdentifier(name) || !from || !to) return [];
  const bounds = [checkValue(scope, from, integers.i32), checkValue(scope, to, integers.i32)] as const;
  const variable = named(scope, name, integers.i32);
  const label = labelOf(scope, node);
  const body = withTargets(scope, label, () => checkOne(scope, node.statement));
  if (bounds.some((b) => b.type.kind === "error")) return [];
  const functions = iteratorFunctions(scope, loc);
  const state = scope.slot("iterator", iteratorState, loc);
  const address: Expr = addressOf({ kind: "slot", slot: state, type: state.type, loc });
  const called = (callee: ExternFunction, args: readonly Expr[]): Expr => ({
    kind: "kernelCall",
    callee,
    args: [address, ...args],
    type: callee.returns,
    loc,
  });
  return {
    kind: "iterate",
    label,
    variable,
    range: { from: bounds[0], to: bounds[1] },
    state,
    start: called(functions.start, bounds),
    next: called(functions.next, []),
    destroy: called(functions.destroy, []),
    body,
    loc,
  };
}

/** `for (const [key, value] of map)`: `bpf_for_each_map_elem`, whose callback is the loop's body. */
function overMap(scope: Scope, node: ts.ForOfStatement, map: MapExpr): Statement | Statement[] {
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
