import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { convert, int } from "../build.js";
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

/**
 * A call of a kernel helper by its own name. Arguments go in the kernel's order; a buffer brings its size along,
 * unless the call gives one of its own at the end.
 */
export function callHelper(scope: Scope, node: ts.CallExpression, name: string, helper: Helper): Expr {
  const loc = scope.session.locate(node);
  const written = helper.params.filter((p) => p.kind !== "size");
  // With two buffers nothing would say whose size it is.
  const sized = helper.params.filter((p) => p.kind === "size").length === 1;
  const given = node.arguments;
  const own = given.length === written.length + 1 && sized ? given[written.length] : undefined;
  if (!own && given.length !== written.length) {
    const expected = `${written.length} argument${written.length === 1 ? "" : "s"}`;
    return scope.fail(node, TSB.argumentCount(name, expected, given.length));
  }
  let next = 0;
  let map: Type | null = null;
  let buffer: { expr: Expr; node: ts.Expression } | null = null;
  const args: Expr[] = [];
  for (const param of helper.params) {
    if (param.kind === "size") {
      const size: Expr = own ? checkValue(scope, own, integers.u64) : sizeArgument(scope, buffer, name, node);
      if (size.type.kind === "error") return size;
      args.push(size);
      continue;
    }
    const argument = given[next++];
    if (!argument) return scope.nothing(node);
    const value = checkArgument(scope, argument, param, name, map);
    if (value.type.kind === "error") return value;
    if (value.type.kind === "map") map = value.type;
    if (param.kind === "memory") buffer = { expr: value, node: argument };
    args.push(value);
  }
  return { kind: "helper", id: helper.id, name, args, type: resultType(scope, node, helper), loc };
}

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
    case "memory": {
      const value = checkExpression(scope, node);
      if (value.type.kind === "ptr" || value.type.kind === "error") return value;
      if (value.kind === "string") return inMemory(scope, node, value.type, "text");
      return scope.fail(node, TSB.bufferExpected(helper));
    }
    case "key":
    case "value": {
      const type = map?.kind === "map" ? map[param.kind] : null;
      return type ? inMemory(scope, node, type, param.kind) : checkExpression(scope, node);
    }
    case "context":
    case "pointer":
    case "map": {
      const value = checkExpression(scope, node);
      if (isInteger(value.type)) return convert(value, integers.u64);
      if (value.type.kind === "ptr" || value.type.kind === "map" || value.type.kind === "error") return value;
      return scope.fail(node, TSB.mismatch(`a value of type ${typeName(value.type)}`, "a pointer"));
    }
    case "callback":
      return scope.fail(node, TSB.notYet("A callback given to a helper"));
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
function sizeArgument(
  scope: Scope,
  buffer: { expr: Expr; node: ts.Expression } | null,
  helper: string,
  node: ts.Node,
): Expr {
  const type = buffer?.expr.type;
  if (!buffer || type?.kind !== "ptr") return scope.fail(node, TSB.sizeMissing(helper));
  const element = buffer.expr.kind === "address" && buffer.expr.place.kind === "element";
  if (sizeOf(type.to) === 0 || (element && !isAggregate(type.to)))
    return scope.fail(buffer.node, TSB.sizeMissing(helper));
  return int(BigInt(sizeOf(type.to)), buffer.expr.loc, integers.u64);
}

function resultType(scope: Scope, node: ts.CallExpression, helper: Helper): Type {
  const { returns } = helper;
  switch (returns.kind) {
    case "void":
      return integers.i64; // r0 is not looked at: the checker sees void
    case "int":
      return integerOf(returns.bits, returns.signed);
    case "pointer":
      return pointerTo(voidType, "direct", true);
    case "kernel": {
      const [annotation] = node.typeArguments ?? [];
      const type = annotation ? scope.resolve(annotation) : voidType;
      return type.kind === "ptr" ? { ...type, space: returns.space } : pointerTo(type, returns.space);
    }
  }
}
