import type { Place } from "../../dialect/model/expressions.js";
import { alignOf } from "../../dialect/model/layout.js";
import type { Field, Type } from "../../dialect/model/types.js";
import { spaceOf } from "../../dialect/build.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { probeRead } from "./kernel-memory.js";
import { lowerExpression } from "./index.js";
import { fieldAddress } from "./fields.js";

/** Memory that can be loaded from and stored to. */
export interface Address {
  readonly pointer: ir.Value;
  /** A `.rodata` value may be changed before load: LLVM must not fold it. */
  readonly volatile: boolean;
  readonly align: number;
}

export function addressOfPlace(f: FunctionLowering, place: Place): Address {
  const align = Math.min(8, alignOf(place.type));
  switch (place.kind) {
    case "variable":
      return { pointer: f.variable(place.variable), volatile: false, align: 8 };
    case "slot":
      return { pointer: f.slot(place.slot), volatile: false, align: 8 };
    case "global": {
      const pointer = f.context.globals.get(place.global);
      if (!pointer) throw new ir.InternalError("ir-no-carrier", `no global ${place.global.name}`);
      return { pointer, volatile: place.global.constant, align };
    }
    case "field":
      return fieldAddress(f, place);
    case "element": {
      const base = lowerExpression(f, place.base);
      const index = lowerExpression(f, place.index);
      f.at(place.loc);
      return { pointer: f.b.gep(f.types.memory(place.type), base, [index]), volatile: false, align: knownAlign(place) };
    }
    case "target":
      return { pointer: lowerExpression(f, place.pointer), volatile: false, align };
  }
}

/** A packed struct around an element may leave it at any address. */
const knownAlign = (place: Place & { kind: "element" }): number =>
  place.base.kind === "address" && place.base.place.kind === "field"
    ? fieldAlign(place.base.place, alignOf(place.type))
    : Math.min(8, alignOf(place.type));

/** What is sure of a field's alignment: its offset and its struct's say. */
export function fieldAlign(place: Place & { kind: "field" }, wanted = alignOf(place.type)): number {
  const base = place.struct.shape.align;
  const offset = place.field.offset;
  let align = Math.min(8, wanted);
  while (align > 1 && (offset % align !== 0 || base < align)) align /= 2;
  return align;
}

/** The scalar that a place holds. */
export function readPlace(f: FunctionLowering, place: Place): ir.Value {
  const address = addressOfPlace(f, place);
  f.at(place.loc);
  if (spaceOf(place) !== "direct") return probeRead(f, address.pointer, place.type, spaceOf(place));
  if (place.kind === "field" && place.field.bits) return readBits(f, address, place.type, place.field);
  return loadValue(f, address, place.type);
}

export function loadValue(f: FunctionLowering, { pointer, volatile, align }: Address, type: Type): ir.Value {
  const value = f.b.load(f.types.memory(type), pointer, { align, volatile });
  return type.kind === "bool" ? f.b.icmp("ne", value, ir.constInt(ir.i8, 0)) : value;
}

/** A register's value as memory holds it: a truth is a byte. */
export const toMemory = (f: FunctionLowering, value: ir.Value, type: Type): ir.Value =>
  type.kind === "bool" ? f.b.cast("zext", value, ir.i8) : value;

export function storeValue(f: FunctionLowering, value: ir.Value, type: Type, { pointer, align }: Address): void {
  f.b.store(toMemory(f, value, type), pointer, { align });
}

function readBits(f: FunctionLowering, address: Address, type: Type, { bits, offset }: Field): ir.Value {
  const { unit, shift, width } = bitsOf(f, type, bits, offset);
  const value = f.b.load(unit, address.pointer, { align: address.align });
  const signed = type.kind === "int" && type.signed;
  const left = f.b.binary("shl", value, ir.constInt(unit, unit.bits - width - shift));
  return f.b.binary(signed ? "ashr" : "lshr", left, ir.constInt(unit, unit.bits - width));
}

/** Sets a bit-field and leaves its neighbours. Gives what the field then holds. */
export function writeBits(f: FunctionLowering, address: Address, type: Type, field: Field, value: ir.Value): void {
  const { unit, shift, width } = bitsOf(f, type, field.bits, field.offset);
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(shift);
  const old = f.b.load(unit, address.pointer, { align: address.align });
  const kept = f.b.binary("and", old, ir.constInt(unit, BigInt.asIntN(unit.bits, ~mask)));
  const placed = f.b.binary("shl", toMemory(f, value, type), ir.constInt(unit, shift));
  const set = f.b.binary("and", placed, ir.constInt(unit, BigInt.asIntN(unit.bits, mask)));
  f.b.store(f.b.binary("or", kept, set), address.pointer, { align: address.align });
}

function bitsOf(f: FunctionLowering, type: Type, bits: Field["bits"], offset: number): { unit: ir.IntType; shift: number; width: number } {
  const unit = f.types.memory(type);
  if (!bits || unit.kind !== "int") throw new ir.InternalError("ir-type-mismatch", "not a bit-field");
  return { unit, width: bits.width, shift: bits.offset - offset * 8 };
}
