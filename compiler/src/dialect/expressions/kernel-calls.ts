import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import type { Expr } from "../model/expressions.js";
import type { ExternFunction } from "../model/model.js";
import type { Scope } from "../scope.js";
import { checkValue } from "./index.js";

/** A call of a function of the kernel, with the arguments that its declaration asks for. */
export function callKernelFunction(scope: Scope, node: ts.CallExpression, callee: ExternFunction): Expr {
  const { name, params, returns } = callee;
  if (node.arguments.length !== params.length) {
    const expected = `${params.length} argument${params.length === 1 ? "" : "s"}`;
    return scope.fail(node, TSB.argumentCount(name, expected, node.arguments.length));
  }
  const args: Expr[] = [];
  for (const [i, param] of params.entries()) {
    const given = node.arguments[i];
    if (!given) return scope.nothing(node);
    const value = checkValue(scope, given, param.type);
    if (value.type.kind === "error") return value;
    args.push(value);
  }
  return { kind: "kernelCall", callee, args, type: returns, loc: scope.session.locate(node) };
}
