import type { ts } from "ts-morph";
import type { Expr } from "../model/expressions.js";
import type { Type } from "../model/types.js";
import type { Scope } from "../scope.js";
import { helperNamed } from "../stdlib-tables.js";

/** A call of the kernel's helper of that name, its arguments checked already. */
export function helperCall(
  scope: Scope,
  node: ts.Node,
  name: string,
  args: readonly Expr[],
  type: Type,
): Expr {
  const helper = helperNamed(name);
  if (!helper) throw new Error(`no helper ${name}`);
  return { kind: "helper", id: helper.id, name, args, type, loc: scope.session.locate(node) };
}
