import type { Expr, Place } from "../../dialect/model/expressions.js";
import type { Value } from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerExpression } from "./index.js";
import { type Address, addressOfPlace, loadValue, readPlace, storeValue, writeBits } from "./places.js";

/** Stores; the value of the assignment is what was stored. */
export function lowerAssign(f: FunctionLowering, expr: Expr & { kind: "assign" }): Value {
  const value = lowerExpression(f, expr.value);
  const address = addressOfPlace(f, expr.place);
  f.at(expr.loc);
  return write(f, expr.place, address, value);
}

/** `x += 1` and its like: the place's address is made once. */
export function lowerModify(f: FunctionLowering, expr: Expr & { kind: "modify" }): Value {
  const address = addressOfPlace(f, expr.place);
  const old = isBits(expr.place) ? readPlace(f, expr.place) : loadValue(f, address, expr.place.type);
  f.current.set(expr.current, old);
  const value = lowerExpression(f, expr.value);
  f.at(expr.loc);
  const stored = write(f, expr.place, address, value);
  return expr.result === "old" ? old : stored;
}

const isBits = (place: Place): boolean => place.kind === "field" && place.field.bits !== null;

function write(f: FunctionLowering, place: Place, address: Address, value: Value): Value {
  if (place.kind === "field" && place.field.bits) {
    writeBits(f, address, place.type, place.field, value);
    return readPlace(f, place);
  }
  storeValue(f, value, place.type, address);
  return value;
}
