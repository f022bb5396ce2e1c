import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { addressOf, int } from "../build.js";
import { placeOf } from "../expressions/assignments.js";
import { copyInto, declaredName } from "../expressions/construct.js";
import { checkExpression } from "../expressions/index.js";
import { sizeOf } from "../model/layout.js";
import {
  integers,
  isAggregate,
  isKernelStruct,
  isReached,
  pointerTo,
  type Type,
  typeName,
} from "../model/types.js";
import type { Scope } from "../scope.js";
import { argumentsOf } from "./arguments.js";
import type { Builtin } from "./index.js";

/** `sizeof(T)` and `sizeof<T>()`: bytes. */
const sizeof: Builtin = (scope, node) => {
  const type = typeOperand(scope, node);
  if (!type || type.kind === "error") return scope.nothing(node);
  const loc = scope.session.locate(node);
  if (isKernelStruct(type)) return { kind: "typeFact", fact: "size", of: type, type: integers.u64, loc };
  return int(BigInt(sizeOf(type)), loc, integers.u64);
};

/** The type that a call names: as type argument, or a class given as value. */
export function typeOperand(scope: Scope, node: ts.CallExpression): Type | null {
  const [annotation] = node.typeArguments ?? [];
  if (annotation) return scope.resolve(annotation);
  const [value] = node.arguments;
  const named = value && ts.isIdentifier(value) ? scope.classValue(value) : null;
  if (named) return named;
  if (value) {
    const { type } = checkExpression(scope, value);
    return type.kind === "ptr" && isAggregate(type.to) ? type.to : type;
  }
  scope.session.report(node, TSB.argumentCount(node.expression.getText(), "a type", 0));
  return null;
}

/** `copy(dst, src)`: the whole value. */
const copy: Builtin = (scope, node) => {
  const [target, source] = argumentsOf(scope, node, 2) ?? [];
  if (!target || !source) return scope.nothing(node);
  if (target.type.kind !== "ptr" || !isAggregate(target.type.to))
    return scope.fail(
      node.arguments[0] ?? node,
      TSB.mismatch(typeName(target.type), "a class, an array or a string"),
    );
  if (target.type.to.kind === "struct" && target.type.to.origin === "context")
    return scope.fail(node.arguments[0] ?? node, TSB.contextWhole());
  if (!isReached(target.type.space)) return scope.fail(node.arguments[0] ?? node, TSB.notAssignable("This"));
  return copyInto(scope, target, target.type.to, source, node.arguments[1] ?? node);
};

/** `zeroed<T>()`: stack storage of a class or array type, all zero. */
const zeroed: Builtin = (scope, node) => {
  const type = typeOperand(scope, node);
  if (!type || type.kind === "error") return scope.nothing(node);
  if (!isAggregate(type))
    return scope.fail(node, TSB.mismatch(typeName(type), "a class, an array or a string"));
  const loc = scope.session.locate(node);
  return {
    kind: "temporary",
    slot: scope.slot(declaredName(node) ?? "zeroed", type, loc),
    zeroed: true,
    init: [],
    type: pointerTo(type),
    loc,
  };
};

/** `addr(lvalue)`. */
const addr: Builtin = (scope, node) => {
  const [operand] = node.arguments;
  const place = operand && placeOf(scope, operand);
  if (!place) return scope.nothing(node);
  // A variable of class or array type is a reference already.
  if (place.kind === "variable" && place.type.kind === "ptr" && isAggregate(place.type.to))
    return checkExpression(scope, operand);
  if (place.kind === "field" && place.field.bits) return scope.fail(operand, TSB.notAnLvalue());
  return addressOf(place);
};

export const memory: Readonly<Record<string, Builtin>> = { sizeof, copy, zeroed, addr };
