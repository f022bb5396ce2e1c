import type { Builder } from "./builder.js";
import type { CallArgument } from "./instructions.js";
import { InternalError } from "./internal-error.js";
import { arenaPtr, type IntType, type IrType, i1, i8, i32, i64, printType, ptr, voidType } from "./types.js";
import { constInt, printOperand, type Value } from "./values.js";

const plain = (value: Value, attributes = ""): CallArgument => ({ value, attributes });
const alignment = (align: number | undefined): string => (align === undefined ? "" : `align ${align}`);

function call(
  b: Builder,
  name: string,
  returns: IrType,
  args: readonly CallArgument[],
  result?: string,
): Value {
  const types = args.map(({ value }) => value.type);
  const { text } = b.module.intrinsic(name, returns, types);
  return b.callText(text, returns, args, result === undefined ? {} : { name: result });
}

/** Fills `size` bytes. The size is constant: BPF has no memset to call. */
export function memset(
  b: Builder,
  to: Value,
  byte: number,
  size: number,
  options: { align?: number; volatile?: boolean } = {},
): void {
  if (size === 0) return;
  const { suffix, volatile } = form(size, options.align, options.volatile);
  const args = [
    plain(to, alignment(options.align)),
    plain(constInt(i8, byte)),
    length(size),
    plain(volatile),
  ];
  call(b, `llvm.memset${suffix}.p0.i64`, voidType, args);
}

/** Copies `size` bytes between places that do not overlap (or are the same). */
export function memcpy(
  b: Builder,
  to: Value,
  from: Value,
  size: number,
  options: { toAlign?: number; fromAlign?: number; volatile?: boolean } = {},
): void {
  const align = Math.min(options.toAlign ?? 1, options.fromAlign ?? 1, 8);
  const { suffix, volatile } = form(size, align, options.volatile);
  // In pieces: of a larger one LLVM does all loads before the stores, and the stack is too small for what it holds.
  const piece = MAX_STORES * align;
  for (let at = 0; at < size; at += piece) {
    const here = (base: Value): Value => (at === 0 ? base : b.gep(i8, base, [constInt(i64, at)]));
    const args = [
      plain(here(to), alignment(options.toAlign)),
      plain(here(from), alignment(options.fromAlign)),
      length(Math.min(piece, size - at)),
      plain(volatile),
    ];
    call(b, `llvm.memcpy${suffix}.p0.p0.i64`, voidType, args);
  }
}

/** Stores the back end unrolls by itself (BPFISelLowering: MaxStoresPerMemset and its like, 128). */
const MAX_STORES = 128;

/**
 * Past that the back end would call a function that BPF has not, unless the intrinsic is the inline one; and
 * volatile, because LLVM 19's MemCpyOpt makes a plain memset of an inline memcpy from zeroed memory.
 */
function form(size: number, align = 1, volatile = false): { suffix: string; volatile: Value } {
  const large = size / Math.min(align, 8) > MAX_STORES;
  return { suffix: large ? ".inline" : "", volatile: constInt(i1, large || volatile ? 1 : 0) };
}

const length = (size: number): CallArgument => plain(constInt(i64, size));

/** From here until `lifetimeEnd` the slot holds something: slots that never live together share stack. */
export function lifetimeStart(b: Builder, slot: Value, size: number): void {
  call(b, "llvm.lifetime.start.p0", voidType, [length(size), plain(slot)]);
}

export function lifetimeEnd(b: Builder, slot: Value, size: number): void {
  call(b, "llvm.lifetime.end.p0", voidType, [length(size), plain(slot)]);
}

/**
 * Marks a context pointer: the accesses made from it directly by `gep` keep their constant offset, as the
 * verifier wants for contexts. Call it again for each access.
 */
export function preserveStaticOffset(b: Builder, base: Value): Value {
  return call(b, "llvm.preserve.static.offset", ptr, [plain(base)]);
}

/** A value LLVM may not look through: keeps a check and the use that it guards on one register. */
export function passthrough(b: Builder, value: Value, name?: string): Value {
  const suffix = value.type.kind === "ptr" ? "p0" : printType(value.type);
  const args = [plain(constInt(i32, b.module.nextSequence())), plain(value)];
  const { text } = b.module.intrinsic(`llvm.bpf.passthrough.${suffix}.${suffix}`, value.type, [
    i32,
    value.type,
  ]);
  // LLVM does not know that it returns, and would keep one that nothing uses.
  const attributes = "nounwind willreturn";
  return b.callText(text, value.type, args, { attributes, ...(name === undefined ? {} : { name }) });
}

/**
 * The value, of which nothing is known to the end of code generation; `passthrough` is gone when instructions are
 * selected. Empty assembly: no assembler is asked for.
 */
export function opaque(b: Builder, value: Value): Value {
  return b.callText('asm "", "=r,0"', value.type, [plain(value)], {
    attributes: "nounwind willreturn memory(none)",
  });
}

/** Where a program reaches what lies at an address of its arena. */
export function inArena(b: Builder, address: Value): Value {
  const whole = b.cast("ptrtoint", address, i64);
  return b.cast("addrspacecast", b.cast("inttoptr", whole, arenaPtr), ptr);
}

/** Uses a symbol, and nothing else: a program that casts addresses of an arena has to name the arena's map. */
export function mention(b: Builder, symbol: Value): void {
  b.callText('asm sideeffect "", "r"', voidType, [plain(symbol)]);
}

/** Swaps the bytes of 16, 32 or 64 bits. */
export function bswap(b: Builder, value: Value): Value {
  return call(b, `llvm.bswap.${printType(intOf(value))}`, value.type, [plain(value)]);
}

/** Leading zeros; the width for zero. */
export function ctlz(b: Builder, value: Value): Value {
  return call(b, `llvm.ctlz.${printType(intOf(value))}`, value.type, [plain(value), plain(constInt(i1, 0))]);
}

/** Trailing zeros; the width for zero. */
export function cttz(b: Builder, value: Value): Value {
  return call(b, `llvm.cttz.${printType(intOf(value))}`, value.type, [plain(value), plain(constInt(i1, 0))]);
}

export function ctpop(b: Builder, value: Value): Value {
  return call(b, `llvm.ctpop.${printType(intOf(value))}`, value.type, [plain(value)]);
}

const MINMAX = { umin: "umin", umax: "umax", smin: "smin", smax: "smax" } as const;

export function minmax(b: Builder, kind: keyof typeof MINMAX, left: Value, right: Value): Value {
  return call(b, `llvm.${MINMAX[kind]}.${printType(intOf(left))}`, left.type, [plain(left), plain(right)]);
}

/** Tells LLVM that a condition holds here. */
export function assume(b: Builder, condition: Value): void {
  call(b, "llvm.assume", voidType, [plain(condition)]);
}

/** Tells LLVM how an address is aligned, where types say less: accesses and copies get wider. */
export function assumeAligned(b: Builder, pointer: Value, align: number): void {
  const { text } = b.module.intrinsic("llvm.assume", voidType, [i1]);
  const attributes = `[ "align"(${printOperand(pointer)}, i64 ${align}) ]`;
  b.callText(text, voidType, [plain(constInt(i1, 1))], { attributes });
}

function intOf(value: Value): IntType {
  if (value.type.kind !== "int")
    throw new InternalError("ir-type-mismatch", `bit operation on ${value.text}`);
  return value.type;
}
