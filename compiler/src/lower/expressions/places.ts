import { constantIndex, spaceOf } from "../../dialect/build.js";
import type { Expr, Place } from "../../dialect/model/expressions.js";
import { sizeOf } from "../../dialect/model/layout.js";
import { type Field, isAggregate, isReached, type Type } from "../../dialect/model/types.js";
import { rangeOf } from "../../dialect/ranges.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { alignmentOf } from "./alignment.js";
import { fieldAddress, isMemberwise } from "./fields.js";
import { lowerExpression } from "./index.js";
import { readKernelBits } from "./kernel-bits.js";
import { probeRead } from "./kernel-memory.js";

/** Memory that can be loaded from and stored to. */
export interface Address {
  readonly pointer: ir.Value;
  /** LLVM must not fold it (a `.rodata` value may be changed before load), or merge it with its neighbours. */
  readonly volatile: boolean;
  readonly align: number;
}

/** Where the memory of a place is reached. */
export function addressOfPlace(f: FunctionLowering, place: Place): Address {
  return addressFrom(
    f,
    place,
    spaceOf(place) === "arena" ? (base) => reachedInArena(f, base) : (base) => base,
  );
}

/** Its address as a value: of a place in an arena, what Node knows it by. */
export const addressValue = (f: FunctionLowering, place: Place): ir.Value =>
  addressFrom(f, place, (base) => base).pointer;

/** Where loads and stores reach what lies at an address of the arena. The verifier wants the program to name the arena. */
export function reachedInArena(f: FunctionLowering, address: ir.Value): ir.Value {
  f.mentionArena();
  return ir.intrinsics.inArena(f.b, address);
}

/** What a pointer leads to, where loads and stores reach it. */
export const reached = (f: FunctionLowering, pointer: ir.Value, type: Type): ir.Value =>
  type.kind === "ptr" && type.space === "arena" ? reachedInArena(f, pointer) : pointer;

function addressFrom(f: FunctionLowering, place: Place, reach: (base: ir.Value) => ir.Value): Address {
  const align = alignmentOf(place);
  switch (place.kind) {
    case "variable":
      return { pointer: f.variable(place.variable), volatile: false, align };
    case "slot":
      return { pointer: f.slot(place.slot), volatile: false, align };
    case "global": {
      const pointer = f.context.globals.get(place.global);
      if (!pointer) throw new ir.InternalError("ir-no-carrier", `no global ${place.global.name}`);
      return { pointer: reach(pointer), volatile: place.global.constant, align };
    }
    case "extern":
      return { pointer: f.context.externs.variable(place.extern), volatile: false, align };
    case "field":
      return fieldAddress(f, place, reach);
    case "element": {
      const base = reach(lowerExpression(f, place.base));
      const index = bounded(f, place);
      f.at(place.loc);
      if (kernelArray(place) && place.index.kind === "int") {
        const array = place.base.type.kind === "ptr" ? f.types.member(place.base.type.to) : null;
        if (array)
          return {
            pointer: ir.core.memberAddress(f.b, base, Number(place.index.value), array),
            volatile: false,
            align,
          };
      }
      return { pointer: elementAddress(f, place, base, index), volatile: isMemberwise(place), align };
    }
    case "target":
      return { pointer: reach(lowerExpression(f, place.pointer)), volatile: false, align };
  }
}

/**
 * Of a struct's element on the stack, nothing is known of the bytes before it: LLVM would see that they and a field's
 * offset share no bits, and add that by `or`, which the verifier refuses on pointers.
 */
function elementAddress(
  f: FunctionLowering,
  place: Place & { kind: "element" },
  base: ir.Value,
  index: ir.Value,
): ir.Value {
  if (constantIndex(place.index) !== null || !isAggregate(place.type) || !mayBeOnStack(place.base))
    return f.b.gep(f.types.memory(place.type), base, [index]);
  const before = f.b.binary("mul", index, ir.constInt(ir.i64, sizeOf(place.type)));
  return f.b.gep(ir.i8, base, [ir.intrinsics.opaque(f.b, before)]);
}

/** Of a variable that refers to something, it is not known here to what. */
function mayBeOnStack(base: Expr): boolean {
  if (base.kind !== "address") return true;
  const { place } = base;
  return place.kind === "field" || place.kind === "element"
    ? mayBeOnStack(place.base)
    : place.kind !== "global";
}

/** The index, bounded in the register that is used. */
function bounded(f: FunctionLowering, place: Place & { kind: "element" }): ir.Value {
  const { min, max } = rangeOf(place.index);
  if (min === max) return lowerExpression(f, place.index);
  const inside = masked(f, place) ?? compared(f, place);
  // LLVM adds what it knows to share no bits with an aligned address by `or`, which the verifier refuses on pointers.
  // It may know more of an index than the source says: a small one of a large array is enough.
  const array = place.base.type.kind === "ptr" ? place.base.type.to : place.base.type;
  return mayBeOnStack(place.base) || sizeOf(array) <= KNOWN_ALIGNMENT
    ? ir.intrinsics.opaque(f.b, inside)
    : inside;
}

/** What LLVM may give globals. */
const KNOWN_ALIGNMENT = 16;

/** `x & 7`: where LLVM knows more of x than the verifier, it would leave out the mask. */
function masked(f: FunctionLowering, { index, bound }: Place & { kind: "element" }): ir.Value | null {
  const mask = index.kind === "convert" ? index.operand : index;
  if (bound.most !== null || mask.kind !== "binary" || mask.op !== "&" || mask.right.kind !== "int")
    return null;
  const value = ir.intrinsics.opaque(f.b, lowerExpression(f, mask.left));
  return f.b.binary("and", value, lowerExpression(f, mask.right));
}

function compared(f: FunctionLowering, { index, bound }: Place & { kind: "element" }): ir.Value {
  return rebounded(f, index, bound);
}

export const lowerSize = (f: FunctionLowering, { operand, bound }: Expr & { kind: "size" }): ir.Value =>
  rebounded(f, operand, bound);

/** What the source bounds, compared once more if the verifier has not seen it in this register. */
function rebounded(f: FunctionLowering, expr: Expr, { most }: { readonly most: bigint | null }): ir.Value {
  const value = lowerExpression(f, expr);
  return most === null ? value : atMost(f, value, most);
}

/** A value and its limit, compared on the register that is used; `opaque` keeps LLVM from finding that it need not be. */
export function atMost(f: FunctionLowering, value: ir.Value, limit: bigint): ir.Value {
  const most = ir.constInt(ir.i64, limit);
  const used = ir.intrinsics.opaque(f.b, value);
  return f.b.select(f.b.icmp("ugt", used, most), most, used);
}

/** An array in a kernel struct: a constant index is part of the relocated path. */
const kernelArray = ({ base }: Place & { kind: "element" }): boolean =>
  base.kind === "address" && base.place.kind === "field" && base.place.struct.origin === "kernel";

/** The scalar that a place holds. */
export function readPlace(f: FunctionLowering, place: Place): ir.Value {
  if (place.kind === "field" && place.field.bits && place.struct.origin === "kernel")
    return readKernelBits(f, place);
  const address = addressOfPlace(f, place);
  f.at(place.loc);
  const space = spaceOf(place);
  if (!isReached(space)) return probeRead(f, address.pointer, place.type, space);
  const value = readAt(f, place, address);
  // A packet pointer is never null: saying so saves the test of every header made from it.
  if (isPacketPointer(place.type)) ir.intrinsics.assume(f.b, f.b.icmp("ne", value, ir.zero(value.type)));
  return value;
}

/** What is at a place whose address was made before: making it again would do again what its indexes do. */
export function readAt(f: FunctionLowering, place: Place, address: Address): ir.Value {
  if (place.kind === "field" && place.field.bits) return readBits(f, address, place.type, place.field);
  return loadValue(f, address, place.type);
}

export const isPacketPointer = (type: Type): boolean => type.kind === "int" && type.packet === true;

export function loadValue(f: FunctionLowering, { pointer, volatile, align }: Address, type: Type): ir.Value {
  const value = f.b.load(f.types.memory(type), pointer, { align, volatile });
  return type.kind === "bool" ? f.b.icmp("ne", value, ir.constInt(ir.i8, 0)) : value;
}

/** A register's value as memory holds it: a truth is a byte. */
export const toMemory = (f: FunctionLowering, value: ir.Value, type: Type): ir.Value =>
  type.kind === "bool" ? f.b.cast("zext", value, ir.i8) : value;

export function storeValue(
  f: FunctionLowering,
  value: ir.Value,
  type: Type,
  { pointer, align, volatile }: Address,
): void {
  f.b.store(toMemory(f, value, type), pointer, { align, volatile });
}

function readBits(f: FunctionLowering, address: Address, type: Type, { bits, offset }: Field): ir.Value {
  const { unit, shift, width } = bitsOf(f, type, bits, offset);
  const value = f.b.load(unit, address.pointer, { align: address.align });
  const signed = type.kind === "int" && type.signed;
  const left = f.b.binary("shl", value, ir.constInt(unit, unit.bits - width - shift));
  return f.b.binary(signed ? "ashr" : "lshr", left, ir.constInt(unit, unit.bits - width));
}

/** Sets a bit-field and leaves its neighbours. Gives what the field then holds. */
export function writeBits(
  f: FunctionLowering,
  address: Address,
  type: Type,
  field: Field,
  value: ir.Value,
): void {
  const { unit, shift, width } = bitsOf(f, type, field.bits, field.offset);
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(shift);
  const old = f.b.load(unit, address.pointer, { align: address.align });
  const kept = f.b.binary("and", old, ir.constInt(unit, BigInt.asIntN(unit.bits, ~mask)));
  const placed = f.b.binary("shl", toMemory(f, value, type), ir.constInt(unit, shift));
  const set = f.b.binary("and", placed, ir.constInt(unit, BigInt.asIntN(unit.bits, mask)));
  f.b.store(f.b.binary("or", kept, set), address.pointer, { align: address.align });
}

function bitsOf(
  f: FunctionLowering,
  type: Type,
  bits: Field["bits"],
  offset: number,
): { unit: ir.IntType; shift: number; width: number } {
  const unit = f.types.memory(type);
  if (!bits || unit.kind !== "int") throw new ir.InternalError("ir-type-mismatch", "not a bit-field");
  return { unit, width: bits.width, shift: bits.offset - offset * 8 };
}
