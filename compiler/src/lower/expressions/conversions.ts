import type { Expr } from "../../dialect/model/expressions.js";
import { isInteger, type Type } from "../../dialect/model/types.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerExpression } from "./index.js";

/** Between scalars: keeps the low bits, widens by the source's sign, pointers to and from 64 bits. */
export function lowerConvert(f: FunctionLowering, operand: Expr, to: Type): ir.Value {
  const value = lowerExpression(f, operand);
  const target = f.types.value(to);
  const from = value.type;
  if (from.kind === "ptr")
    return target.kind === "int" ? resize(f, f.b.cast("ptrtoint", value, ir.i64), false, target) : value;
  const signed = isInteger(operand.type) && operand.type.signed;
  if (target.kind === "ptr") return f.b.cast("inttoptr", resize(f, value, signed, ir.i64), ir.ptr);
  return target.kind === "int" ? resize(f, value, signed, target) : value;
}

function resize(f: FunctionLowering, value: ir.Value, signed: boolean, to: ir.IntType): ir.Value {
  if (value.type.kind !== "int" || value.type.bits === to.bits) return value;
  return f.b.cast(value.type.bits > to.bits ? "trunc" : signed ? "sext" : "zext", value, to);
}
