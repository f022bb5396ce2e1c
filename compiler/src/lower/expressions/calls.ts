import type { Expr, Slot } from "../../dialect/model/expressions.js";
import type { ExternFunction } from "../../dialect/model/model.js";
import type { Type } from "../../dialect/model/types.js";
import { helperNamed, isOnlyRead } from "../../dialect/stdlib-tables.js";
import * as ir from "../../ir/index.js";
import { registerType } from "../externs.js";
import type { FunctionLowering } from "../functions.js";
import { begin, end, keepsMemory } from "../lifetimes.js";
import { join } from "./conditions.js";
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

/** Integers as 64 bits, which is what the registers of a call to the kernel are. */
const inRegisters = (f: FunctionLowering, args: readonly Expr[]): ir.Value[] =>
  args.map((arg) => {
    const value = lowerExpression(f, arg);
    if (value.type.kind !== "int") return value;
    const signed = (arg.type.kind === "int" || arg.type.kind === "enum") && arg.type.signed;
    return f.b.cast(signed ? "sext" : "zext", value, ir.i64);
  });

/** A function of the kernel: of its result only the declared bits are sure. */
export function lowerKernelCall(f: FunctionLowering, expr: Expr & { kind: "kernelCall" }): ir.Value {
  const args = inRegisters(f, expr.args);
  f.at(expr.loc);
  const callee = f.context.externs.function(expr.callee);
  const { former } = expr.callee;
  const result = former ? eitherCall(f, callee, former, args) : f.b.call(callee, args);
  const memory = f.types.memory(expr.type);
  if (memory.kind !== "int") return result;
  return fromMemory(f, f.b.cast("trunc", result, memory), expr.type);
}

/** The function as it is now, where the kernel has it, else its older form: what that has more is the verifier's to set. */
function eitherCall(
  f: FunctionLowering,
  callee: ir.IrFunction,
  former: ExternFunction,
  args: readonly ir.Value[],
): ir.Value {
  const older = former.params.map((_, i) => args[i] ?? ir.nullPtr);
  return join(
    f,
    (yes, no) => f.b.condBr(f.b.icmp("ne", callee, ir.nullPtr), yes, no),
    registerType(f.types, former.returns),
    () => f.b.call(callee, args),
    () => f.b.call(f.context.externs.function(former), older),
  );
}

/**
 * Keys and values are read during the call, and that is all: LLVM may hand the helper a constant itself in place of a
 * copy on the stack, and keeps what it knows of the object.
 */
const attributesOf = (helper: string): readonly string[] =>
  (helperNamed(helper)?.params ?? []).map((param) => (isOnlyRead(param) ? "nocapture readonly" : ""));

/**
 * Kinds of maps that keep each value at a multiple of 8 bytes (kernel/bpf: array_map_alloc, hashtab's `key` is
 * __aligned(8) and the value follows it rounded up). Not so an LPM trie: its values follow the key's bytes.
 */
const ALIGNED_KINDS: ReadonlySet<string> = new Set([
  "array",
  "percpu_array",
  "hash",
  "lru_hash",
  "percpu_hash",
  "lru_percpu_hash",
]);

/** Is what the helper gives aligned to 8 bytes? Records of ring buffers follow a header of 8 (BPF_RINGBUF_HDR_SZ). */
function givesAligned({ name, args: [map] }: Expr & { kind: "helper" }): boolean {
  if (name === "bpf_ringbuf_reserve") return true;
  const looksUp = name === "bpf_map_lookup_elem" || name === "bpf_map_lookup_percpu_elem";
  return looksUp && map?.type.kind === "map" && ALIGNED_KINDS.has(map.type.mapKind);
}

/** Slots made for the call alone: nothing else names them. */
const slotsOfCall = ({ name, args }: Expr & { kind: "helper" }): readonly Slot[] =>
  keepsMemory(name) ? [] : args.flatMap((arg) => (arg.kind === "temporary" ? [arg.slot] : []));

/** A call of a kernel helper. */
export function lowerHelper(f: FunctionLowering, expr: Expr & { kind: "helper" }): ir.Value {
  const slots = slotsOfCall(expr);
  for (const slot of slots) begin(f, slot);
  const args = inRegisters(f, expr.args);
  f.at(expr.loc);
  const { type } = expr;
  const pointer = type.kind === "ptr" || type.kind === "map";
  const result = f.b.helper(expr.id, pointer ? ir.ptr : ir.i64, args, attributesOf(expr.name));
  for (const slot of slots) end(f, slot);
  if (pointer && givesAligned(expr)) ir.intrinsics.assumeAligned(f.b, result, 8);
  const wanted = f.types.value(type);
  if (expr.isNarrow && !pointer) return f.b.cast("sext", f.b.cast("trunc", result, ir.i32), wanted);
  return wanted.kind === "int" && wanted.bits < 64 ? f.b.cast("trunc", result, wanted) : result;
}
