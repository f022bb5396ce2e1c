import type { Expr, Place, Slot } from "./model/expressions.js";
import { sizeOf } from "./model/layout.js";
import { rangeOf } from "./ranges.js";

/** The bytes of an object that is filled with constants only, or null. */
export function constantBytes(expr: Expr & { kind: "temporary" }): Uint8Array | null {
  if (!expr.zeroed) return null;
  const bytes = new Uint8Array(sizeOf(expr.slot.type));
  return expr.init.every((part) => fill(bytes, expr.slot, part)) ? bytes : null;
}

/** Does what the expression does to the slot, if that is known here. */
function fill(bytes: Uint8Array, slot: Slot, part: Expr): boolean {
  if (part.kind === "assign") {
    const at = offsetIn(slot, part.place);
    const value = constantValue(part.value);
    const bits = part.place.kind === "field" && part.place.field.bits !== null;
    if (at === null || value === null || bits) return false;
    storeInteger(bytes, at, sizeOf(part.place.type), value);
    return true;
  }
  if (part.kind !== "copy" || part.target.kind !== "address") return false;
  const at = offsetIn(slot, part.target.place);
  const source = part.source.kind === "temporary" ? constantBytes(part.source) : textBytes(part);
  if (at === null || source === null) return false;
  bytes.set(source, at);
  return true;
}

/** A text, and NULs up to the size of its target. */
function textBytes({ source, target }: Expr & { kind: "copy" }): Uint8Array | null {
  if (source.kind !== "string") return null;
  const bytes = new Uint8Array(sizeOf(target.type.kind === "ptr" ? target.type.to : target.type));
  bytes.set(source.bytes);
  return bytes;
}

/** Where a place is in the slot; null if it is elsewhere, or not known. */
function offsetIn(slot: Slot, place: Place): number | null {
  if (place.kind === "slot") return place.slot === slot ? 0 : null;
  if ((place.kind !== "field" && place.kind !== "element") || place.base.kind !== "address") return null;
  const base = offsetIn(slot, place.base.place);
  if (base === null) return null;
  if (place.kind === "field") return base + place.field.offset;
  const index = constantValue(place.index);
  return index === null ? null : base + Number(index) * sizeOf(place.type);
}

function constantValue(expr: Expr): bigint | null {
  if (expr.kind !== "int" && (expr.kind !== "convert" || constantValue(expr.operand) === null)) return null;
  const { min, max } = rangeOf(expr);
  return min === max ? min : null;
}

function storeInteger(bytes: Uint8Array, at: number, size: number, value: bigint): void {
  for (let i = 0; i < size; i++) bytes[at + i] = Number((value >> BigInt(i * 8)) & 0xffn);
}
