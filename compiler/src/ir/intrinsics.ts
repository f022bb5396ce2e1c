import type { Builder } from "./builder.js";
import type { DIType } from "./debug-types.js";
import type { CallArgument } from "./instructions.js";
import { InternalError } from "./internal-error.js";
import { type IntType, type IrType, i1, i8, i32, i64, printType, ptr, voidType } from "./types.js";
import { constInt, type Value } from "./values.js";

/** `enum bpf_field_info_kind` and friends: what a CO-RE relocation asks for (include/uapi/linux/bpf.h, bpf_core_relo_kind). */
export const FIELD_INFO = {
  byteOffset: 0,
  byteSize: 1,
  exists: 2,
  signed: 3,
  leftShift: 4,
  rightShift: 5,
} as const;
/** Flag of `preserveTypeInfo`. `matches` needs Linux 6.0's libbpf or this loader. */
export const TYPE_INFO = { exists: 0, size: 1, matches: 2 } as const;
/** Flag of `preserveEnumValue`. */
export const ENUM_VALUE = { exists: 0, value: 1 } as const;
/** Flag of `btfTypeId`: the type's id in the object's own BTF, or in the kernel's. */
export const TYPE_ID = { local: 0, remote: 1 } as const;

const plain = (value: Value, attributes = ""): CallArgument => ({ value, attributes });
const alignment = (align: number | undefined): string => (align === undefined ? "" : `align ${align}`);

function call(
  b: Builder,
  name: string,
  returns: IrType,
  args: readonly CallArgument[],
  options: { accessed?: DIType; name?: string } = {},
): Value {
  const types = args.map(({ value }) => value.type);
  const { text } = b.module.intrinsic(name, returns, types);
  const metadata =
    options.accessed === undefined ? [] : ([["llvm.preserve.access.index", options.accessed]] as const);
  return b.callText(text, returns, args, {
    metadata,
    ...(options.name === undefined ? {} : { name: options.name }),
  });
}

/** Fills `size` bytes. The size is constant: BPF has no memset to call. */
export function memset(
  b: Builder,
  to: Value,
  byte: number,
  size: number,
  options: { align?: number } = {},
): void {
  if (size === 0) return;
  const args = [
    plain(to, alignment(options.align)),
    plain(constInt(i8, byte)),
    length(size),
    plain(constInt(i1, 0)),
  ];
  call(b, "llvm.memset.p0.i64", voidType, args);
}

/** Copies `size` bytes between places that do not overlap (or are the same). */
export function memcpy(
  b: Builder,
  to: Value,
  from: Value,
  size: number,
  options: { toAlign?: number; fromAlign?: number } = {},
): void {
  if (size === 0) return;
  const args = [
    plain(to, alignment(options.toAlign)),
    plain(from, alignment(options.fromAlign)),
    length(size),
    plain(constInt(i1, 0)),
  ];
  call(b, "llvm.memcpy.p0.p0.i64", voidType, args);
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
 * Address of a field, whose offset the loader relocates (CO-RE).
 *
 * @param accessed debug info of the struct itself, not of a typedef or pointer.
 * @param fieldIndex position in the IR type; `memberIndex` that in the debug info.
 */
export function preserveStructAccess(
  b: Builder,
  struct: IrType,
  base: Value,
  fieldIndex: number,
  memberIndex: number,
  accessed: DIType,
): Value {
  const args = [
    plain(base, `elementtype(${printType(struct)})`),
    plain(constInt(i32, fieldIndex)),
    plain(constInt(i32, memberIndex)),
  ];
  return call(b, "llvm.preserve.struct.access.index.p0.p0", ptr, args, { accessed });
}

/** Address of a union's member. The address stays; the access is recorded. */
export function preserveUnionAccess(b: Builder, base: Value, memberIndex: number, accessed: DIType): Value {
  const args = [plain(base), plain(constInt(i32, memberIndex))];
  return call(b, "llvm.preserve.union.access.index.p0.p0", ptr, args, { accessed });
}

/**
 * Address of an element, with its index in the relocation.
 *
 * @param element the array's IR type for an array (then `dimension` is 1), the element's for a pointer (0).
 */
export function preserveArrayAccess(
  b: Builder,
  element: IrType,
  base: Value,
  dimension: 0 | 1,
  index: number,
  accessed: DIType,
): Value {
  const args = [
    plain(base, `elementtype(${printType(element)})`),
    plain(constInt(i32, dimension)),
    plain(constInt(i32, index)),
  ];
  return call(b, "llvm.preserve.array.access.index.p0.p0", ptr, args, { accessed });
}

/** A relocated fact of a field, as `i32`; `field` comes from the preserve accesses above. */
export function preserveFieldInfo(
  b: Builder,
  field: Value,
  kind: (typeof FIELD_INFO)[keyof typeof FIELD_INFO],
): Value {
  return call(b, "llvm.bpf.preserve.field.info.p0", i32, [plain(field), plain(constInt(i64, kind))]);
}

/** A relocated fact of a type, as `i32`. */
export function preserveTypeInfo(
  b: Builder,
  type: DIType,
  flag: (typeof TYPE_INFO)[keyof typeof TYPE_INFO],
): Value {
  const args = [plain(constInt(i32, b.module.nextSequence())), plain(constInt(i64, flag))];
  return call(b, "llvm.bpf.preserve.type.info", i32, args, { accessed: type });
}

/** A BTF type id, as `i64`. */
export function btfTypeId(b: Builder, type: DIType, flag: (typeof TYPE_ID)[keyof typeof TYPE_ID]): Value {
  const args = [plain(constInt(i32, b.module.nextSequence())), plain(constInt(i64, flag))];
  return call(b, "llvm.bpf.btf.type.id", i64, args, { accessed: type });
}

/** Whether an enumerator exists in the kernel, or its value there, as `i64`. */
export function preserveEnumValue(
  b: Builder,
  type: DIType,
  enumerator: { name: string; value: bigint },
  flag: (typeof ENUM_VALUE)[keyof typeof ENUM_VALUE],
): Value {
  // clang's encoding: the back end takes the name from a string "NAME:VALUE".
  const spelled = b.module.string(`${enumerator.name}:${enumerator.value}`);
  const args = [plain(constInt(i32, b.module.nextSequence())), plain(spelled), plain(constInt(i64, flag))];
  return call(b, "llvm.bpf.preserve.enum.value", i64, args, { accessed: type });
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
  const options = name === undefined ? {} : { name };
  return call(b, `llvm.bpf.passthrough.${suffix}.${suffix}`, value.type, args, options);
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

function intOf(value: Value): IntType {
  if (value.type.kind !== "int")
    throw new InternalError("ir-type-mismatch", `bit operation on ${value.text}`);
  return value.type;
}
