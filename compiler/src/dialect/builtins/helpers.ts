import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { addressOf, convert, int, isFillable, spaceOf } from "../build.js";
import { closureArguments } from "../closures.js";
import { coerce } from "../coerce.js";
import { inMemory } from "../expressions/construct.js";
import { checkExpression, checkValue } from "../expressions/index.js";
import type { Expr } from "../model/expressions.js";
import { sizeOf } from "../model/layout.js";
import {
  integers,
  isAggregate,
  isInteger,
  pointerTo,
  type Type,
  typeName,
  voidType,
} from "../model/types.js";
import type { Scope } from "../scope.js";
import type { Helper, HelperParam } from "../stdlib-tables.js";
import { noTypes, resolveType } from "../types/resolve.js";
import { helperCallback } from "./callbacks.js";
import { constantText } from "./format.js";
import { givesNarrow } from "./helper-call.js";
import { copyOf } from "./pointers.js";

/** Memory that was given, with the place in the source to complain about. */
interface Buffer {
  readonly expr: Expr;
  readonly node: ts.Expression;
}

/**
 * A call of a kernel helper by its own name. Arguments go in the kernel's order. A buffer brings its size along;
 * sizes of one's own follow the arguments, in the order of the buffers.
 */
export function callHelper(scope: Scope, node: ts.CallExpression, name: string, helper: Helper): Expr {
  const loc = scope.session.locate(node);
  const most = helper.params.filter((p) => !isCaptures(p)).length;
  const written = helper.params.filter((p) => p.kind !== "size" && !isCaptures(p)).length;
  const given = node.arguments;
  if (given.length < written || given.length > most) {
    const count = written === most ? `${written}` : `${written} to ${most}`;
    return scope.fail(
      node,
      TSB.argumentCount(name, `${count} argument${most === 1 ? "" : "s"}`, given.length),
    );
  }
  let next = 0;
  let nextSize = written;
  let map: Type | null = null;
  const buffers = new Map<number, Buffer>();
  const sizes = new Map<number, ts.Expression | null>();
  let captures: Expr = scope.nothing(node);
  const args: (Expr | null)[] = [];
  for (const [i, param] of helper.params.entries()) {
    if (param.kind === "size") {
      sizes.set(i, given[nextSize++] ?? null);
      args.push(null);
      continue;
    }
    if (isCaptures(param)) {
      args.push(captures);
      continue;
    }
    const argument = given[next++];
    if (!argument) return scope.nothing(node);
    if (param.kind === "callback") {
      const known = args.filter((a) => a !== null);
      const closure = helperCallback(scope, argument, name, known, helper.params.some(isCaptures));
      if (!closure) return scope.nothing(node);
      const handed = closureArguments(closure, loc);
      captures = handed.captures;
      args.push(handed.address);
      continue;
    }
    const value = checkArgument(scope, argument, param, name, map);
    if (value.type.kind === "error") return value;
    if (value.type.kind === "map") map = value.type;
    if (param.kind === "memory" || param.kind === "value") buffers.set(i, { expr: value, node: argument });
    args.push(value);
  }
  // A size may come before its buffer: all buffers are known now.
  for (const [i, own] of sizes) {
    const param = helper.params[i];
    const buffer = param?.kind === "size" ? (buffers.get(param.of) ?? null) : null;
    const size: Expr = own ? checkValue(scope, own, integers.u64) : sizeArgument(scope, buffer, name, node);
    if (size.type.kind === "error") return size;
    const most = buffer && bytesOf(buffer);
    if (own && most !== null && size.kind === "int" && size.value > BigInt(most))
      return scope.fail(own, TSB.sizeTooLarge(`${size.value}`, `${most}`));
    args[i] =
      own && most !== null && size.kind !== "int"
        ? {
            kind: "size",
            operand: size,
            capacity: BigInt(most),
            bound: { most: null },
            type: size.type,
            loc: size.loc,
          }
        : size;
  }
  const type = resultType(scope, node, helper, map);
  const isNarrow = givesNarrow(scope, helper);
  return { kind: "helper", id: helper.id, name, args: args.filter((a) => a !== null), type, isNarrow, loc };
}

/** Memory that the helper reads or fills: a number stands for its place, a text and a null for themselves. */
function memoryArgument(
  scope: Scope,
  node: ts.Expression,
  param: HelperParam & { kind: "memory" },
  helper: string,
): Expr {
  const value = checkExpression(scope, node);
  const { type } = value;
  if (type.kind === "error") return value;
  if (value.kind === "null") return param.nullable ? value : scope.fail(node, TSB.bufferExpected(helper));
  if (value.kind === "string")
    return param.writable
      ? scope.fail(node, TSB.bufferExpected(helper))
      : constantText(new TextDecoder().decode(value.bytes), value.loc);
  if (type.kind === "ptr") {
    // A pointer kept in a variable, or what a constant pointer leads to, is the memory itself.
    if (type.space === "direct" || !isAggregate(type.to)) return value;
    return param.writable
      ? scope.fail(node, TSB.notAssignable("The kernel's and a process's memory"))
      : copyOf(scope, value, type.to, "copy");
  }
  if (!isInteger(type) && type.kind !== "bool") return scope.fail(node, TSB.bufferExpected(helper));
  const place = value.kind === "read" ? value.place : null;
  const bits = place?.kind === "field" && place.field.bits !== null;
  if (place && (param.writable ? isFillable(place) : !bits && spaceOf(place) === "direct"))
    return addressOf(place);
  return param.writable ? scope.fail(node, TSB.bufferExpected(helper)) : inMemory(scope, node, type, "value");
}

/** What the kernel hands on to a callback: the compiler gives it, not the call. */
const isCaptures = (param: HelperParam): boolean => param.kind === "pointer" && param.role === "captures";

function checkArgument(
  scope: Scope,
  node: ts.Expression,
  param: HelperParam,
  helper: string,
  map: Type | null,
): Expr {
  switch (param.kind) {
    case "int":
      return checkValue(scope, node, integerOf(param.bits, param.signed));
    case "memory":
      return memoryArgument(scope, node, param, helper);
    case "key":
    case "value": {
      const type = map?.kind === "map" ? map[param.kind] : null;
      if (type && node.kind !== ts.SyntaxKind.NullKeyword && !(param.kind === "value" && param.writable))
        return inMemory(scope, node, type, param.kind);
      const written = { name: param.name, kind: "memory", writable: true } as const;
      return memoryArgument(
        scope,
        node,
        param.kind === "value" && param.nullable ? { ...written, nullable: true } : written,
        helper,
      );
    }
    case "context":
    case "pointer":
    case "map": {
      const value = checkExpression(scope, node);
      if (param.kind === "pointer" && param.role === "string")
        return value.kind === "string"
          ? constantText(new TextDecoder().decode(value.bytes), value.loc)
          : scope.fail(node, TSB.formatNotConstant());
      if (isInteger(value.type)) return convert(value, integers.u64);
      if (value.type.kind === "ptr" || value.type.kind === "map" || value.type.kind === "error") return value;
      return scope.fail(node, TSB.mismatch(`a value of type ${typeName(value.type)}`, "a pointer"));
    }
    case "callback":
      return scope.nothing(node); // made where its parameters are known
    case "size":
      return coerce(scope, checkExpression(scope, node), integers.u64, node);
  }
}

function integerOf(bits: number, signed: boolean): Type {
  if (bits === 64) return signed ? integers.i64 : integers.u64;
  if (bits === 32) return signed ? integers.i32 : integers.u32;
  if (bits === 16) return signed ? integers.i16 : integers.u16;
  return signed ? integers.i8 : integers.u8;
}

/** What the buffer's type says of its size. A pointer to an element of something larger does not say it. */
function bytesOf({ expr }: Buffer): number | null {
  const { type } = expr;
  if (type.kind !== "ptr" || sizeOf(type.to) === 0) return null;
  const element = expr.kind === "address" && expr.place.kind === "element";
  return element && !isAggregate(type.to) ? null : sizeOf(type.to);
}

function sizeArgument(scope: Scope, buffer: Buffer | null, helper: string, node: ts.Node): Expr {
  if (buffer?.expr.kind === "null") return int(0n, buffer.expr.loc, integers.u64);
  const bytes = buffer && bytesOf(buffer);
  return buffer && bytes !== null
    ? int(BigInt(bytes), buffer.expr.loc, integers.u64)
    : scope.fail(buffer?.node ?? node, TSB.sizeMissing(helper));
}

function resultType(scope: Scope, node: ts.CallExpression, helper: Helper, map: Type | null): Type {
  const { returns } = helper;
  switch (returns.kind) {
    case "void":
      return integers.i64; // r0 is not looked at: the checker sees void
    case "int":
      return integerOf(returns.bits, returns.signed);
    case "pointer":
      return pointerTo(pointee(scope, node, returns.to, map), "direct", returns.nullable);
    case "kernel": {
      const [annotation] = node.typeArguments ?? [];
      const type = annotation ? scope.resolve(annotation) : voidType;
      return type.kind === "ptr" ? { ...type, space: returns.space } : pointerTo(type, returns.space);
    }
  }
}

/** What a helper's pointer leads to: a value of the map, the type that the call names, or a class of the declaration. */
function pointee(scope: Scope, node: ts.CallExpression, to: string, map: Type | null): Type {
  if (map?.kind === "map" && map.value && (to === "value" || to === "memory")) return map.value;
  const [annotation] = node.typeArguments ?? [];
  if (annotation) {
    const type = scope.resolve(annotation);
    return type.kind === "ptr" ? type.to : type;
  }
  const declaration = scope.session.symbolOf(node.expression)?.valueDeclaration;
  const declared =
    declaration && ts.isFunctionDeclaration(declaration) && !declaration.typeParameters && declaration.type
      ? resolveType(scope.session, declaration.type, noTypes)
      : voidType;
  return declared.kind === "ptr" ? declared.to : declared;
}
