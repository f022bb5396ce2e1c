import type { ts } from "ts-morph";
import { TSB } from "../../../diagnostics/catalogue.js";
import type { Expr, MapExpr } from "../../model/expressions.js";
import type { Scope } from "../../scope.js";
import { mapClass } from "../../stdlib-tables.js";
import { arenas } from "./arena.js";
import type { MapMethod } from "./arguments.js";
import { drains } from "./drain.js";
import { keyed } from "./keyed.js";
import { queues } from "./queues.js";
import { records } from "./records.js";
import { redirects } from "./redirects.js";
import { storage } from "./storage.js";

/** By name; `kind.name` where a kind of map has its own form. */
const methods: ReadonlyMap<string, MapMethod> = new Map(
  [keyed, arenas, queues, records, redirects, storage, drains].flatMap((table) => Object.entries(table)),
);

/** Checks `map.method(…)`: null if the map's class has no such method. */
export function callMapMethod(
  scope: Scope,
  node: ts.CallExpression,
  map: MapExpr,
  method: string,
): Expr | null {
  const { className, mapKind } = map.type;
  if (!Object.hasOwn(mapClass(className)?.methods ?? {}, method)) return null;
  const check = methods.get(`${mapKind}.${method}`) ?? methods.get(method);
  if (!check) return scope.fail(node.expression, TSB.callNotSupported(`${className}.${method}()`));
  return check({ scope, node, map, method }) ?? scope.nothing(node);
}
