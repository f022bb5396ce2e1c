import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { addressOf, binary, contentOf, convert, element } from "../build.js";
import { checkValue } from "../expressions/index.js";
import type { Expr, Place } from "../model/expressions.js";
import { sizeOf } from "../model/layout.js";
import {
  type CopiedSpace,
  integers,
  isAggregate,
  isInteger,
  isKernelStruct,
  type PointerType,
  pointerTo,
  type Space,
  type Type,
  typeName,
} from "../model/types.js";
import type { Scope } from "../scope.js";
import { helperNamed } from "../stdlib-tables.js";
import { argumentsOf } from "./arguments.js";
import { callHelper } from "./helpers.js";
import type { Builtin } from "./index.js";

type PointerExpr = Expr & { readonly type: PointerType };

const isPointer = (expr: Expr): expr is PointerExpr => expr.type.kind === "ptr";

/** `cast<ptr<T>>(x)` and `cast<T>(x)`: the same bits, seen as a pointer to T. */
const cast: Builtin = (scope, node) => {
  const [annotation] = node.typeArguments ?? [];
  const [operand] = argumentsOf(scope, node, 1) ?? [];
  if (!annotation || !operand) return scope.nothing(node);
  const to = scope.resolve(annotation);
  if (to.kind === "error") return scope.nothing(node);
  if (!isPointer(operand) && !isInteger(operand.type))
    return scope.fail(node, TSB.mismatch(`a value of type ${typeName(operand.type)}`, "a pointer"));
  const target = to.kind === "ptr" ? to : pointerTo(to, isKernelStruct(to) ? "probe" : "direct");
  // A pointer stays in its memory; `user<T>` says that it is the process's. A number may be any address.
  const space = isPointer(operand) && target.space !== "user" ? operand.type.space : target.space;
  if (target.space === "arena" && space !== "arena")
    return scope.fail(node, TSB.mismatch(`a value of type ${typeName(operand.type)}`, typeName(target)));
  return convert(operand, { ...target, space });
};

/** `offset(p, n)`: n elements further. */
const offset: Builtin = (scope, node) => {
  const [given, steps] = node.arguments;
  const [pointer] = given ? (argumentsOf(scope, node, 2) ?? []) : [];
  if (!given || !steps || !pointer) return scope.nothing(node);
  const count = checkValue(scope, steps, integers.i64);
  if (count.type.kind === "error") return count;
  if (!isPointer(pointer))
    return scope.fail(given, TSB.mismatch(`a value of type ${typeName(pointer.type)}`, "a pointer"));
  const loc = scope.session.locate(node);
  const { to } = pointer.type;
  const type: PointerType = { ...pointer.type, nullable: false };
  if (isKernelStruct(to)) return steppedKernel(scope, node, pointer, count, type);
  if (sizeOf(to) === 0)
    return scope.fail(given, TSB.mismatch(typeName(pointer.type), "a pointer to something of a size"));
  // Through `convert`, so that nothing takes this for an element of the array that the pointer leads to.
  const place: Place = element(convert(pointer, type), count, to, loc);
  return { ...addressOf(place), type };
};

/** The size of a kernel struct is the running kernel's. A pointer that the verifier knows cannot be stepped so. */
function steppedKernel(
  scope: Scope,
  node: ts.CallExpression,
  pointer: PointerExpr,
  count: Expr,
  type: PointerType,
): Expr {
  if (pointer.type.space === "direct" || type.to.kind !== "struct")
    return scope.fail(
      node,
      TSB.mismatch("A pointer that the verifier keeps track of", "an array of kernel structs"),
    );
  const { loc } = pointer;
  const { u64 } = integers;
  const size: Expr = { kind: "typeFact", fact: "size", of: type.to, type: u64, loc };
  const distance = binary("*", size, convert(count, u64), u64, loc);
  return convert(binary("+", convert(pointer, u64), distance, u64, loc), type);
}

/** `readUser(p)`, `readKernel(p)`: what it leads to, through the helper; zero where it cannot be read. */
const read =
  (space: CopiedSpace): Builtin =>
  (scope, node) => {
    const [pointer] = argumentsOf(scope, node, 1) ?? [];
    if (!pointer) return scope.nothing(node);
    if (!isPointer(pointer) || sizeOf(pointer.type.to) === 0)
      return scope.fail(
        node,
        TSB.mismatch(`a value of type ${typeName(pointer.type)}`, "a pointer to a value"),
      );
    const loc = scope.session.locate(node);
    const { to } = pointer.type;
    const place: Place = {
      kind: "target",
      pointer: convert(pointer, { ...pointer.type, space }),
      type: to,
      loc,
    };
    if (!isAggregate(to)) return led(contentOf(place), space);
    if (isKernelStruct(to))
      return scope.fail(node, TSB.mismatch("The whole of a kernel struct", "a value, whose size is known"));
    return copyOf(scope, addressOf(place), to, "read");
  };

/** A pointer read from a process's memory leads into it again. */
const led = (value: Expr, space: Space): Expr =>
  value.type.kind === "ptr" ? { ...value, type: { ...value.type, space, nullable: true } } : value;

/** The value behind an address, copied to the stack. */
export function copyOf(scope: Scope, source: Expr, type: Type, name: string): Expr {
  const { loc } = source;
  const slot = scope.slot(name, type, loc);
  const target = addressOf({ kind: "slot", slot, type, loc });
  return {
    kind: "temporary",
    slot,
    zeroed: false,
    init: [{ kind: "copy", target, source, type: target.type, loc }],
    type: pointerTo(type),
    loc,
  };
}

/** `readUserStr(dst, p)`: the helper under its dialect name. */
const readText =
  (name: string): Builtin =>
  (scope, node) => {
    const helper = helperNamed(name);
    if (!helper) throw new Error(`no helper ${name}`);
    return callHelper(scope, node, name, helper);
  };

export const pointers: Readonly<Record<string, Builtin>> = {
  cast,
  offset,
  readUser: read("user"),
  readKernel: read("probe"),
  readUserStr: readText("bpf_probe_read_user_str"),
  readKernelStr: readText("bpf_probe_read_kernel_str"),
};
