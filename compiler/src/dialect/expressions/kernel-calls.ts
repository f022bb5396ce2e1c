import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { convert } from "../build.js";
import { constantText } from "../builtins/format.js";
import { coerce } from "../coerce.js";
import { resultType } from "../kernel-signatures.js";
import type { Expr } from "../model/expressions.js";
import type { ExternFunction, ExternParameter } from "../model/model.js";
import { type Type, typeName } from "../model/types.js";
import type { Scope } from "../scope.js";
import { inferTypes, isOpen } from "../types/infer.js";
import { bindTypes, noTypes } from "../types/resolve.js";
import { checkExpression } from "./index.js";

/** A call of a function of the kernel, with the arguments that its declaration asks for. */
export function callKernelFunction(scope: Scope, node: ts.CallExpression, callee: ExternFunction): Expr {
  const { name, params, returns } = callee;
  if (node.arguments.length !== params.length) {
    const expected = `${params.length} argument${params.length === 1 ? "" : "s"}`;
    return scope.fail(node, TSB.argumentCount(name, expected, node.arguments.length));
  }
  const args: Expr[] = [];
  const given: Type[] = [];
  for (const [i, param] of params.entries()) {
    const written = node.arguments[i];
    if (!written) return scope.nothing(node);
    const value = param.text
      ? textArgument(scope, written, param)
      : checkExpression(scope, written, param.type);
    const arg = coerce(scope, value, param.type, written);
    if (arg.type.kind === "error") return arg;
    args.push(arg);
    given.push(value.type);
  }
  const loc = scope.session.locate(node);
  const call: Expr = { kind: "kernelCall", callee, args, type: returns, loc };
  const type = typeOfCall(scope, node, given);
  return type ? convert(call, type) : call;
}

/** A text written out, or one in memory. */
function textArgument(scope: Scope, node: ts.Expression, { type }: ExternParameter): Expr {
  const value = checkExpression(scope, node);
  if (value.type.kind === "error") return value;
  if (value.kind === "string")
    return convert(constantText(new TextDecoder().decode(value.bytes), value.loc), type);
  if (value.type.kind === "ptr" && isBytes(value.type.to)) return convert(value, { ...value.type, ...type });
  return scope.fail(node, TSB.mismatch(`a value of type ${typeName(value.type)}`, "a text"));
}

const isBytes = (type: Type): boolean =>
  type.kind === "str" ||
  (type.kind === "int" && type.bits === 8) ||
  (type.kind === "array" && isBytes(type.element));

/** What the call gives where the declaration leaves it to the call: `bpf_dynptr_slice(p, 0, buffer, 14)` what `buffer` is. */
function typeOfCall(scope: Scope, node: ts.CallExpression, given: readonly Type[]): Type | null {
  const { session } = scope;
  const signature = session.checker.getResolvedSignature(node)?.declaration;
  if (!signature || ts.isJSDocSignature(signature) || !signature.type) return null;
  if (!isOpen(session, signature.type, noTypes)) return null;
  const written = bindTypes(
    session,
    node.typeArguments ? signature : {},
    node.typeArguments ?? [],
    scope.types,
  );
  const bindings = { types: written, written: new Set(written.keys()) };
  signature.parameters.forEach(({ type }, i) => {
    const argument = given[i];
    if (type && argument) inferTypes(session, type, argument, bindings);
  });
  for (const [symbol, type] of bindTypes(session, signature, [], bindings.types))
    if (!bindings.types.has(symbol)) bindings.types.set(symbol, type);
  return isOpen(session, signature.type, bindings.types)
    ? null
    : resultType(session, signature.type, bindings.types);
}
