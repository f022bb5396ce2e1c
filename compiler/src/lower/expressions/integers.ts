import type { BinaryOp, CompareOp, Expr } from "../../dialect/model/expressions.js";
import { isInteger, type Type } from "../../dialect/model/types.js";
import { rangeOf } from "../../dialect/ranges.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerExpression } from "./index.js";
import { isPacketPointer } from "./places.js";

const i64 = (value: bigint | number): ir.Value => ir.constInt(ir.i64, value);

/** A scalar as 64 bits, by its type's sign. */
export function widened(f: FunctionLowering, value: ir.Value, type: Type): ir.Value {
  const signed = isInteger(type) && type.signed;
  return f.b.cast(signed ? "sext" : "zext", value, ir.i64);
}

const plain: Readonly<Partial<Record<BinaryOp, ir.BinaryOp>>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "&": "and",
  "|": "or",
  "^": "xor",
  "<<": "shl",
  ">>>": "lshr",
};

export function lowerBinary(f: FunctionLowering, expr: Expr & { kind: "binary" }): ir.Value {
  const left = lowerExpression(f, expr.left);
  const right = lowerExpression(f, expr.right);
  f.at(expr.loc);
  const signed = expr.type.kind === "int" && expr.type.signed;
  const op = plain[expr.op];
  // `data_end - data` must stay one subtraction of pointers: LLVM would add one of them to something else first,
  // and the verifier allows no arithmetic on the end of a packet.
  if (expr.op === "-" && isPacket(expr.left) && isPacket(expr.right))
    return ir.intrinsics.passthrough(f.b, f.b.binary("sub", left, right));
  if (op) return f.b.binary(op, left, right);
  if (expr.op === ">>") return f.b.binary(signed ? "ashr" : "lshr", left, right);
  return divide(f, expr, left, right, signed);
}

/** A packet pointer, widened or not. */
const isPacket = (expr: Expr): boolean =>
  isPacketPointer(expr.type) || (expr.kind === "convert" && isPacket(expr.operand));

/**
 * BPF defines division by zero (0, and the dividend for the remainder) where LLVM has no such promise, so the
 * divisor is made 1 and the result chosen. Signed division exists only from v4 on: here it is made of the
 * unsigned one, which is also right for the least i64 by -1.
 */
function divide(
  f: FunctionLowering,
  expr: Expr & { kind: "binary" },
  left: ir.Value,
  right: ir.Value,
  signed: boolean,
): ir.Value {
  const { b } = f;
  const quotient = expr.op === "/";
  const divisor = rangeOf(expr.right);
  const mayBeZero = divisor.min <= 0n && divisor.max >= 0n;
  const isZero = mayBeZero ? b.icmp("eq", right, i64(0)) : null;
  const safe = isZero ? b.select(isZero, i64(1), right) : right;
  const result =
    signed && (rangeOf(expr.left).min < 0n || divisor.min < 0n)
      ? signedDivision(f, quotient, left, safe)
      : b.binary(quotient ? "udiv" : "urem", left, safe);
  return isZero ? b.select(isZero, quotient ? i64(0) : left, result) : result;
}

function signedDivision(f: FunctionLowering, quotient: boolean, left: ir.Value, right: ir.Value): ir.Value {
  const { b } = f;
  const magnitude = (value: ir.Value): { sign: ir.Value; value: ir.Value } => {
    const sign = b.binary("ashr", value, i64(63)); // 0 or -1
    return { sign, value: b.binary("sub", b.binary("xor", value, sign), sign) };
  };
  const l = magnitude(left);
  const r = magnitude(right);
  const unsigned = b.binary(quotient ? "udiv" : "urem", l.value, r.value);
  // The quotient is negative if the signs differ; the remainder has the dividend's.
  const sign = quotient ? b.binary("xor", l.sign, r.sign) : l.sign;
  return b.binary("sub", b.binary("xor", unsigned, sign), sign);
}

const predicates: Readonly<Record<CompareOp, { signed: ir.IcmpPredicate; unsigned: ir.IcmpPredicate }>> = {
  "==": { signed: "eq", unsigned: "eq" },
  "!=": { signed: "ne", unsigned: "ne" },
  "<": { signed: "slt", unsigned: "ult" },
  "<=": { signed: "sle", unsigned: "ule" },
  ">": { signed: "sgt", unsigned: "ugt" },
  ">=": { signed: "sge", unsigned: "uge" },
};

/**
 * What is compared if a signed 32-bit value and a constant are asked to be equal: 32 bits of each. LLVM would mask the
 * value's 64 bits instead, and go on with what it masked; then the verifier no longer knows that it may be negative, and
 * Linux 6.12 refuses to let an LSM program return it (`if (ret !== 0) return ret`).
 */
function narrowEquality({ op, left, right }: Expr & { kind: "compare" }): [Expr, ir.Value] | null {
  if ((op !== "==" && op !== "!=") || left.kind !== "convert" || right.kind !== "int") return null;
  const { type } = left.operand;
  const is32 = type.kind === "int" && type.signed && type.bits === 32 && !type.bigEndian;
  if (!is32 || BigInt.asIntN(32, right.value) !== right.value) return null;
  return [left.operand, ir.constInt(ir.i32, right.value)];
}

/** Both sides were widened to one type by the dialect. Pointers compare unsigned. */
export function lowerCompare(f: FunctionLowering, expr: Expr & { kind: "compare" }): ir.Value {
  const narrow = narrowEquality(expr);
  if (narrow) {
    const [operand, constant] = narrow;
    const value = lowerExpression(f, operand);
    f.at(expr.loc);
    return f.b.icmp(predicates[expr.op].signed, value, constant);
  }
  const left = lowerExpression(f, expr.left);
  const right = lowerExpression(f, expr.right);
  f.at(expr.loc);
  const { type } = expr.left;
  const signed = isInteger(type) && type.signed;
  return f.b.icmp(predicates[expr.op][signed ? "signed" : "unsigned"], left, right);
}

export function lowerSwap(f: FunctionLowering, expr: Expr & { kind: "swap" }): ir.Value {
  return ir.intrinsics.bswap(f.b, lowerExpression(f, expr.operand));
}

/**
 * floor(log2(x)) by halving the range, as BPF has no count of leading zeros. Six steps without a branch: the verifier
 * would go through each of the 64 ways.
 */
export function lowerLog2(f: FunctionLowering, expr: Expr & { kind: "log2" }): ir.Value {
  const { b } = f;
  let value = lowerExpression(f, expr.operand);
  let result: ir.Value = i64(0);
  for (const step of [32, 16, 8, 4, 2]) {
    // Of no more than 32 bits, so that its negative has the sign if it is not zero. LLVM would make that a comparison.
    const high = ir.intrinsics.opaque(b, b.binary("lshr", value, i64(step)));
    const sign = b.binary("lshr", b.binary("sub", i64(0), high), i64(63));
    // Added up, not put together by `or`: of that Linux 6.1 knows nothing if both sides vary.
    const shift = ir.intrinsics.opaque(b, b.binary("mul", sign, i64(step)));
    value = b.binary("lshr", value, shift);
    result = b.binary("add", result, shift);
  }
  // Of two bits the upper one. The verifier has lost what is left of the value, and has to see 63 at most.
  const last = b.binary("and", b.binary("lshr", value, i64(1)), i64(1));
  return b.binary("add", result, last);
}
