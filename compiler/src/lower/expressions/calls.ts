import type { Expr } from "../../dialect/model/expressions.js";
import type { Type } from "../../dialect/model/types.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerExpression } from "./index.js";
import { toMemory } from "./places.js";

/** A call of a function of the probe: arguments and result travel as memory holds them. */
export function lowerCall(f: FunctionLowering, expr: Expr & { kind: "call" }): ir.Value {
  const args = expr.args.map((arg) => toMemory(f, lowerExpression(f, arg), arg.type));
  f.at(expr.loc);
  return fromMemory(f, f.b.call(f.context.functions.of(expr.callee), args), expr.callee.returns);
}

const fromMemory = (f: FunctionLowering, value: ir.Value, type: Type): ir.Value =>
  type.kind === "bool" ? f.b.cast("trunc", value, ir.i1) : value;

/** A call of a kernel helper: integers as 64 bits, which is what its registers are. */
export function lowerHelper(f: FunctionLowering, expr: Expr & { kind: "helper" }): ir.Value {
  const args = expr.args.map((arg) => {
    const value = lowerExpression(f, arg);
    if (value.type.kind !== "int") return value;
    const signed = (arg.type.kind === "int" || arg.type.kind === "enum") && arg.type.signed;
    return f.b.cast(signed ? "sext" : "zext", value, ir.i64);
  });
  f.at(expr.loc);
  const { type } = expr;
  const pointer = type.kind === "ptr" || type.kind === "map";
  const result = f.b.helper(expr.id, pointer ? ir.ptr : ir.i64, args);
  const wanted = f.types.value(type);
  return wanted.kind === "int" && wanted.bits < 64 ? f.b.cast("trunc", result, wanted) : result;
}
