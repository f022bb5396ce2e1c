import type { AtomicOp, Expr } from "../../dialect/model/expressions.js";
import type * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerExpression } from "./index.js";
import { addressOfPlace } from "./places.js";

const operators: Readonly<Record<AtomicOp, ir.AtomicOp>> = {
  add: "add",
  sub: "sub",
  and: "and",
  or: "or",
  xor: "xor",
  exchange: "xchg",
};

/** LLVM takes the form without a result where nothing uses it. */
export function lowerAtomic(f: FunctionLowering, expr: Expr & { kind: "atomic" }): ir.Value {
  const { pointer } = addressOfPlace(f, expr.place);
  const value = lowerExpression(f, expr.value);
  f.at(expr.loc);
  return f.b.atomicRmw(operators[expr.op], pointer, value);
}

export function lowerCompareExchange(
  f: FunctionLowering,
  expr: Expr & { kind: "compareExchange" },
): ir.Value {
  const { pointer } = addressOfPlace(f, expr.place);
  const expected = lowerExpression(f, expr.expected);
  const value = lowerExpression(f, expr.value);
  f.at(expr.loc);
  return f.b.cmpxchg(pointer, expected, value);
}
