import { kernelField } from "../../dialect/kernel-writes.js";
import type { Expr, Place } from "../../dialect/model/expressions.js";
import type { Type } from "../../dialect/model/types.js";
import { i64, intrinsics, isConstant, type Value } from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerExpression } from "./index.js";
import { type Address, addressOfPlace, readAt, storeValue, writeBits } from "./places.js";

/** Stores; the value of the assignment is what was stored. What names the place is computed before the value. */
export function lowerAssign(f: FunctionLowering, expr: Expr & { kind: "assign" }): Value {
  const address = addressOfPlace(f, expr.place);
  const value = lowerExpression(f, expr.value);
  f.at(expr.loc);
  return write(f, expr.place, address, value);
}

/** `x += 1` and its like: the place's address is made once, and what is there is read before the value is computed. */
export function lowerModify(f: FunctionLowering, expr: Expr & { kind: "modify" }): Value {
  const address = addressOfPlace(f, expr.place);
  const old = readAt(f, expr.place, address);
  f.current.set(expr.current, old);
  const value = lowerExpression(f, expr.value);
  f.at(expr.loc);
  const stored = write(f, expr.place, address, value);
  return expr.result === "old" ? old : stored;
}

function write(f: FunctionLowering, place: Place, address: Address, value: Value): Value {
  if (place.kind === "field" && place.field.bits) {
    writeBits(f, address, place.type, place.field, value);
    return readAt(f, place, address);
  }
  if (kernelField(place)) {
    storeValue(f, widened(f, value, place.type), place.type, address);
    return value;
  }
  const captured = place.kind === "variable" && f.isCaptured(place.variable);
  storeValue(f, captured ? forgotten(f, value) : value, place.type, address);
  return value;
}

/**
 * The same value in a whole register, as its type says: the loader makes the store as wide as the running kernel's
 * field. LLVM, which must not see that, would leave in the upper bits what the arithmetic left there.
 */
function widened(f: FunctionLowering, value: Value, type: Type): Value {
  if (value.type.kind !== "int" || value.type.bits === 1 || value.type.bits === 64) return value;
  const { b } = f;
  const extension = type.kind === "int" && type.signed ? "sext" : "zext";
  return b.cast("trunc", intrinsics.opaque(b, b.cast(extension, value, i64)), value.type);
}

/**
 * The same value, of which the verifier knows nothing: it takes two turns of the bytes for that. It runs a callback
 * again until nothing new is known of the variables that it changes, which for a sum that grows would be never
 * (the limit of a million instructions; Linux 6.8, `widen_imprecise_scalars` in kernel/bpf/verifier.c).
 */
function forgotten(f: FunctionLowering, value: Value): Value {
  if (value.type.kind !== "int" || value.type.bits === 1 || isConstant(value)) return value;
  const { b } = f;
  const turned = intrinsics.opaque(b, intrinsics.bswap(b, b.cast("zext", value, i64)));
  const back = intrinsics.bswap(b, turned);
  return value.type.bits < 64 ? b.cast("trunc", back, value.type) : back;
}
