import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { discard, int } from "../build.js";
import { inMemory } from "../expressions/construct.js";
import { checkValue } from "../expressions/index.js";
import type { Expr, MapExpr } from "../model/expressions.js";
import { sizeOf } from "../model/layout.js";
import { integers, pointerTo, type Type, voidType } from "../model/types.js";
import type { Scope } from "../scope.js";
import { helperNamed, mapClass } from "../stdlib-tables.js";

/** Checks the call of a map's method. */
type MethodCheck = (scope: Scope, node: ts.CallExpression, map: MapExpr) => Expr;

/** The method's check if the map's class has it; one that says so if it is not compiled yet. */
export function mapMethods(className: string, method: string): MethodCheck | null {
  if (!Object.hasOwn(mapClass(className)?.methods ?? {}, method)) return null;
  const check = Object.hasOwn(methods, method) ? methods[method] : undefined;
  const kind = mapClass(className)?.kind;
  if (check && (method !== "output" || kind === "ringbuf") && (method !== "update" || kind !== "sockhash"))
    return check;
  return (scope, node) => scope.fail(node.expression, TSB.notYet(`${className}.${method}()`));
}

const valueOfMap = (map: MapExpr): Type => map.type.value ?? voidType;

function helper(name: string, args: readonly Expr[], type: Type, map: MapExpr): Expr {
  const known = helperNamed(name);
  if (!known) throw new Error(`no helper ${name}`);
  return { kind: "helper", id: known.id, name, args, type, loc: map.loc };
}

const flags = (scope: Scope, node: ts.CallExpression, index: number, map: MapExpr): Expr => {
  const given = node.arguments[index];
  return given ? checkValue(scope, given, integers.u64) : int(0n, map.loc, integers.u64);
};

/** A key as memory; 32-bit indexes of array kinds likewise. */
function keyOf(scope: Scope, node: ts.CallExpression, map: MapExpr): Expr | null {
  const given = node.arguments[0];
  if (!given || !map.type.key) {
    scope.session.report(node, TSB.argumentCount(node.expression.getText(), "a key", node.arguments.length));
    return null;
  }
  const key = inMemory(scope, given, map.type.key, "key");
  return key.type.kind === "error" ? null : key;
}

function valueAt(scope: Scope, node: ts.CallExpression, index: number, map: MapExpr): Expr | null {
  const given = node.arguments[index];
  if (!given) {
    scope.session.report(
      node,
      TSB.argumentCount(node.expression.getText(), "a value", node.arguments.length),
    );
    return null;
  }
  const value = inMemory(scope, given, valueOfMap(map), "value");
  return value.type.kind === "error" ? null : value;
}

const found = (map: MapExpr): Type => pointerTo(valueOfMap(map), "direct", true);

/** `void` helpers still return something in r0; it is not looked at. */
const methods: Readonly<Record<string, MethodCheck>> = {
  lookup: (scope, node, map) => {
    const key = keyOf(scope, node, map);
    return key ? helper("bpf_map_lookup_elem", [map, key], found(map), map) : scope.nothing(node);
  },
  update: (scope, node, map) => {
    const key = keyOf(scope, node, map);
    const value = valueAt(scope, node, 1, map);
    if (!key || !value) return scope.nothing(node);
    return helper("bpf_map_update_elem", [map, key, value, flags(scope, node, 2, map)], integers.i64, map);
  },
  delete: (scope, node, map) => {
    const key = keyOf(scope, node, map);
    return key ? helper("bpf_map_delete_elem", [map, key], integers.i64, map) : scope.nothing(node);
  },
  push: (scope, node, map) => {
    const value = valueAt(scope, node, 0, map);
    if (!value) return scope.nothing(node);
    return helper("bpf_map_push_elem", [map, value, flags(scope, node, 1, map)], integers.i64, map);
  },
  reserve: (scope, node, map) => {
    const size = int(BigInt(sizeOf(valueOfMap(map))), map.loc, integers.u64);
    return helper("bpf_ringbuf_reserve", [map, size, flags(scope, node, 0, map)], found(map), map);
  },
  submit: (scope, node, map) => finish(scope, node, map, "bpf_ringbuf_submit"),
  discard: (scope, node, map) => finish(scope, node, map, "bpf_ringbuf_discard"),
  output: (scope, node, map) => {
    const value = valueAt(scope, node, 0, map);
    if (!value) return scope.nothing(node);
    const size = int(BigInt(sizeOf(valueOfMap(map))), map.loc, integers.u64);
    return helper("bpf_ringbuf_output", [map, value, size, flags(scope, node, 1, map)], integers.i64, map);
  },
};

/** A record goes back to its ring buffer: sent, or dropped. */
function finish(scope: Scope, node: ts.CallExpression, map: MapExpr, name: string): Expr {
  const given = node.arguments[0];
  if (!given) return scope.fail(node, TSB.argumentCount(node.expression.getText(), "a record", 0));
  const value = valueOfMap(map);
  const record = checkValue(scope, given, pointerTo(value));
  if (record.type.kind === "error") return record;
  const call = helper(name, [record, flags(scope, node, 1, map)], integers.i64, map);
  return {
    kind: "sequence",
    statements: [{ kind: "expression", expression: call, loc: map.loc }],
    value: discard(map.loc),
    type: voidType,
    loc: map.loc,
  };
}
