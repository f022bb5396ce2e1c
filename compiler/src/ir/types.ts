import { InternalError } from "./internal-error.js";
import { quoteName } from "./text.js";

/** An LLVM type. Pointers are opaque: what they point to is said where they are used. */
export type IrType = IntType | PtrType | VoidType | ArrayType | StructType;

export interface IntType {
  readonly kind: "int";
  readonly bits: number;
}
export interface PtrType {
  readonly kind: "ptr";
  /** 1: into an arena; such an address cannot be loaded from, it is cast to 0 first. */
  readonly addressSpace: 0 | 1;
}
export interface VoidType {
  readonly kind: "void";
}
export interface ArrayType {
  readonly kind: "array";
  readonly element: IrType;
  readonly count: number;
}
/** `name` is null for a literal struct; an identified one may get its fields late, to be recursive. */
export interface StructType {
  readonly kind: "struct";
  readonly name: string | null;
  readonly packed: boolean;
  readonly fields: readonly IrType[] | null;
}

/** A signature. Not an `IrType`: a function's value is a `ptr`. */
export interface FunctionType {
  readonly returns: IrType;
  readonly params: readonly IrType[];
  readonly variadic: boolean;
}

const int = (bits: number): IntType => ({ kind: "int", bits });

export const i1: IntType = int(1);
export const i8: IntType = int(8);
export const i16: IntType = int(16);
export const i32: IntType = int(32);
export const i64: IntType = int(64);
export const ptr: PtrType = { kind: "ptr", addressSpace: 0 };
export const arenaPtr: PtrType = { kind: "ptr", addressSpace: 1 };
export const voidType: VoidType = { kind: "void" };

const INT_TYPES: ReadonlyMap<number, IntType> = new Map(
  [i1, i8, i16, i32, i64].map((type) => [type.bits, type]),
);

/** The integer type of a width in bits: 1, 8, 16, 32 or 64. */
export function intType(bits: number): IntType {
  const type = INT_TYPES.get(bits);
  if (type === undefined) throw new InternalError("ir-type-mismatch", `no integer type of ${bits} bits`);
  return type;
}

export function arrayType(element: IrType, count: number): ArrayType {
  return { kind: "array", element, count };
}

/** A literal (anonymous) struct. Identified ones come from `Module.struct`. */
export function structType(fields: readonly IrType[], options: { packed?: boolean } = {}): StructType {
  return { kind: "struct", name: null, packed: options.packed ?? false, fields };
}

export function functionType(
  returns: IrType,
  params: readonly IrType[],
  options: { variadic?: boolean } = {},
): FunctionType {
  return { returns, params, variadic: options.variadic ?? false };
}

/** The type as LLVM writes it where it is used: an identified struct by its name. */
export function printType(type: IrType): string {
  switch (type.kind) {
    case "int":
      return `i${type.bits}`;
    case "ptr":
      return type.addressSpace === 0 ? "ptr" : `ptr addrspace(${type.addressSpace})`;
    case "void":
      return "void";
    case "array":
      return `[${type.count} x ${printType(type.element)}]`;
    case "struct":
      return type.name === null ? printStructBody(type) : `%${quoteName(type.name)}`;
  }
}

/** What stands after `%name = type`; `opaque` while the fields are not known. */
export function printStructBody(type: StructType): string {
  if (type.fields === null) return "opaque";
  const fields = type.fields.map(printType).join(", ");
  const body = fields === "" ? "{}" : `{ ${fields} }`;
  return type.packed ? `<${body}>` : body;
}

export function printSignature(type: FunctionType): string {
  const params = type.params.map(printType);
  if (type.variadic) params.push("...");
  return `${printType(type.returns)} (${params.join(", ")})`;
}

export function sameType(a: IrType, b: IrType): boolean {
  return a === b || printType(a) === printType(b);
}
