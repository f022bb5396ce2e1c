import { constantBytes } from "../../dialect/constant-objects.js";
import type { Expr } from "../../dialect/model/expressions.js";
import { sizeOf } from "../../dialect/model/layout.js";
import { isReached, type Type } from "../../dialect/model/types.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { alignmentOfTarget } from "./alignment.js";

import { lowerExpression } from "./index.js";
import { probeCopy } from "./kernel-memory.js";
import { copyMembers, spansMembers } from "./members.js";
import { reached } from "./places.js";
import { widestWord, wordAt } from "./words.js";

const targetOf = (type: Type): Type => (type.kind === "ptr" ? type.to : type);

/**
 * Up to here a constant is stores of registers to the stack; a larger one costs less as an address of read-only memory,
 * which is a map that the object may not have otherwise.
 */
const MOST_ON_STACK = 16;

/** An object's stack slot, zeroed (padding too: nothing of the stack may leak) and filled. */
export function lowerTemporary(f: FunctionLowering, expr: Expr & { kind: "temporary" }): ir.Value {
  const pointer = f.slot(expr.slot);
  const constant = sizeOf(expr.slot.type) > MOST_ON_STACK ? constantBytes(expr) : null;
  if (constant) {
    // LLVM uses the constant itself where nothing writes to the copy, and else stores its bytes.
    const from = f.types.module.constantBytes(constant);
    ir.intrinsics.memcpy(f.b, pointer, from, constant.length, { toAlign: 8, fromAlign: 8 });
    return pointer;
  }
  if (expr.zeroed) ir.intrinsics.memset(f.b, pointer, 0, sizeOf(expr.slot.type), { align: 8 });
  for (const part of expr.init) lowerExpression(f, part);
  return pointer;
}

export function lowerCopy(f: FunctionLowering, expr: Expr & { kind: "copy" }): ir.Value {
  const type = targetOf(expr.target.type);
  const size = sizeOf(type);
  const address = lowerExpression(f, expr.target);
  const target = reached(f, address, expr.target.type);
  if (expr.source.kind === "string") {
    copyText(f, target, expr.source.bytes, size, alignmentOfTarget(expr.target));
    return address;
  }
  const source = reached(f, lowerExpression(f, expr.source), expr.source.type);
  f.at(expr.loc);
  if (spansMembers(type)) {
    copyMembers(f, { target, source }, type);
    return address;
  }
  const space = expr.source.type.kind === "ptr" ? expr.source.type.space : "direct";
  const aligned = { toAlign: alignmentOfTarget(expr.target), fromAlign: alignmentOfTarget(expr.source) };
  if (isReached(space)) ir.intrinsics.memcpy(f.b, target, source, size, aligned);
  else probeCopy(f, target, source, size, space);
  return address;
}

/** A text and NULs up to the target's size, as stores of constants. */
function copyText(
  f: FunctionLowering,
  target: ir.Value,
  bytes: Uint8Array,
  size: number,
  align: number,
): void {
  const at = (offset: number): ir.Value => f.b.gep(ir.i8, target, [ir.constInt(ir.i64, offset)]);
  const whole = new Uint8Array(size);
  whole.set(bytes);
  let done = 0;
  while (done < bytes.length) {
    const width = widestWord(align, done, size - done);
    const word = ir.constInt(ir.intType(width * 8), BigInt.asIntN(width * 8, wordAt(whole, done, width)));
    f.b.store(word, at(done), { align: width });
    done += width;
  }
  const rest = Math.min(align, done & -done || align);
  if (done < size) ir.intrinsics.memset(f.b, at(done), 0, size - done, { align: rest });
}
