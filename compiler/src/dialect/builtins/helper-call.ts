import type { ts } from "ts-morph";
import type { Expr } from "../model/expressions.js";
import type { Type } from "../model/types.js";
import type { Scope } from "../scope.js";
import { type Helper, helperNamed } from "../stdlib-tables.js";
import { isAtLeast } from "../target.js";

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
  const isNarrow = givesNarrow(scope, helper);
  return { kind: "helper", id: helper.id, name, args, type, isNarrow, loc: scope.session.locate(node) };
}

/** Whether a kernel that the object may be loaded on gives only half of the result: any, where none is named. */
export const givesNarrow = ({ session }: Scope, { narrowUntil }: Helper): boolean =>
  narrowUntil !== undefined && !isAtLeast(session.target, narrowUntil);
