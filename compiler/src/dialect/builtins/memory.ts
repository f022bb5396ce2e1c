import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { addressOf, convert, int } from "../build.js";
import { placeOf } from "../expressions/assignments.js";
import { copyInto } from "../expressions/construct.js";
import { checkExpression } from "../expressions/index.js";
import { sizeOf } from "../model/layout.js";
import {
  integers,
  isAggregate,
  isInteger,
  isKernelStruct,
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
  if (isKernelStruct(type)) return scope.fail(node, TSB.notYet("The size of a kernel struct"));
  return int(BigInt(sizeOf(type)), scope.session.locate(node), integers.u64);
};

/** The type that a call names: as type argument, or a class given as value. */
function typeOperand(scope: Scope, node: ts.CallExpression): Type | null {
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
  if (target.type.kind !== "ptr" || !isAggregate(target.type.to) || target.type.space !== "direct")
    return scope.fail(node.arguments[0] ?? node, TSB.notAssignable("This"));
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
    slot: scope.slot("zeroed", type, loc),
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
  if (place.kind === "variable" && !isAggregate(place.type)) {
    if (place.type.kind === "ptr" && isAggregate(place.type.to)) return checkExpression(scope, operand);
    return scope.fail(operand, TSB.notYet("The address of a variable"));
  }
  return addressOf(place);
};

/** `cast<ptr<T>>(x)` and `cast<T>(x)`: the same bits, seen as a pointer to T. */
const cast: Builtin = (scope, node) => {
  const [annotation] = node.typeArguments ?? [];
  const [operand] = argumentsOf(scope, node, 1) ?? [];
  if (!annotation || !operand) return scope.nothing(node);
  const to = scope.resolve(annotation);
  if (to.kind === "error") return scope.nothing(node);
  const space = operand.type.kind === "ptr" ? operand.type.space : isKernelStruct(to) ? "probe" : "direct";
  const type = to.kind === "ptr" ? { ...to, space } : pointerTo(to, space);
  if (operand.type.kind === "ptr" || isInteger(operand.type)) return convert(operand, type);
  return scope.fail(node, TSB.mismatch(`a value of type ${typeName(operand.type)}`, "a pointer"));
};

export const memory: Readonly<Record<string, Builtin>> = { sizeof, copy, zeroed, addr, cast };
