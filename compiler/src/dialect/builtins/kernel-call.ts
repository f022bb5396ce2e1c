import type { ts } from "ts-morph";
import { withFormer } from "../former-functions.js";
import type { Expr } from "../model/expressions.js";
import type { ExternParameter } from "../model/model.js";
import type { Type } from "../model/types.js";
import type { Scope } from "../scope.js";

/** A parameter as the kernel declares it, and what it is given. */
export type KernelArgument = ExternParameter & { readonly value: Expr };

/** A call of a function of the kernel that the source does not declare: the language itself needs it. */
export function kernelCall(
  scope: Scope,
  node: ts.Node,
  name: string,
  args: readonly KernelArgument[],
  returns: Type,
): Expr {
  const loc = scope.session.locate(node);
  const params = args.map(({ value, ...param }) => param);
  const wanted = withFormer(scope.session.target, { kind: "kfunc", name, params, returns, weak: false, loc });
  const callee = scope.program.externs.needed(wanted);
  return { kind: "kernelCall", callee, args: args.map((a) => a.value), type: returns, loc };
}
