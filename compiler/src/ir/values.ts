import { InternalError } from "./internal-error.js";
import { escapeBytes } from "./text.js";
import {
  type ArrayType,
  arrayType,
  type IntType,
  type IrType,
  i8,
  printType,
  ptr,
  type StructType,
  sameType,
} from "./types.js";

/** Something an instruction may use. `text` is how LLVM writes it, without its type. */
export interface Value {
  readonly type: IrType;
  readonly text: string;
}

/** A value known at compile time: usable in a global's initialiser. */
export interface Constant extends Value {
  readonly constant: true;
}

export const isConstant = (value: Value): value is Constant => "constant" in value;

export const printOperand = (value: Value): string => `${printType(value.type)} ${value.text}`;

const constant = <T extends IrType>(type: T, text: string): Constant & { readonly type: T } => ({
  constant: true,
  type,
  text,
});

/**
 * An integer constant. Takes the signed and the unsigned reading of the width (-128…255 for i8).
 *
 * @throws InternalError `ir-constant-range` for a value of neither.
 */
export function constInt(type: IntType, value: bigint | number): Constant {
  const big = BigInt(value);
  const width = BigInt(type.bits);
  if (big < -(1n << (width - 1n)) || big >= 1n << width) {
    throw new InternalError("ir-constant-range", `${big} does not fit i${type.bits}`);
  }
  if (type.bits === 1) return constant(type, big === 0n ? "false" : "true");
  return constant(type, BigInt.asIntN(type.bits, big).toString());
}

export const nullPtr: Constant = constant(ptr, "null");

/** All bytes zero, of any type. */
export function zero(type: IrType): Constant {
  const text =
    type.kind === "int"
      ? type.bits === 1
        ? "false"
        : "0"
      : type.kind === "ptr"
        ? "null"
        : "zeroinitializer";
  return constant(type, text);
}

export const undef = (type: IrType): Constant => constant(type, "undef");
export const poison = (type: IrType): Constant => constant(type, "poison");

export function constArray(element: IrType, values: readonly Constant[]): Constant {
  for (const value of values) expectType(value, element, "array element");
  return constant(arrayType(element, values.length), `[${values.map(printOperand).join(", ")}]`);
}

export function constStruct(type: StructType, values: readonly Constant[]): Constant {
  const fields = type.fields;
  if (fields === null || fields.length !== values.length) {
    throw new InternalError("ir-type-mismatch", `${printType(type)} does not take ${values.length} values`);
  }
  values.forEach((value, i) => {
    expectType(value, fields[i]!, `field ${i}`);
  });
  const body = values.length === 0 ? "{}" : `{ ${values.map(printOperand).join(", ")} }`;
  return constant(type, type.packed ? `<${body}>` : body);
}

/** Bytes as `[N x i8]`. */
export function constBytes(bytes: Uint8Array): Constant & { readonly type: ArrayType } {
  return constant(arrayType(i8, bytes.length), `c"${escapeBytes(bytes)}"`);
}

/** UTF-8 text and its NUL as `[N x i8]`; padded with NULs to `size` bytes if given. */
export function cString(text: string, size?: number): Constant & { readonly type: ArrayType } {
  const bytes = new TextEncoder().encode(text);
  const length = size ?? bytes.length + 1;
  if (bytes.length > length) {
    throw new InternalError("ir-constant-range", `${bytes.length} bytes of text do not fit ${length}`);
  }
  const padded = new Uint8Array(length);
  padded.set(bytes);
  return constBytes(padded);
}

/** An integer as an address: how BPF writes a helper (`inttoptr (i64 14 to ptr)`). */
export function constAddress(address: bigint | number): Constant {
  return constant(ptr, `inttoptr (i64 ${BigInt(address)} to ptr)`);
}

/** Address of a part of a global, for initialisers: `getelementptr inbounds`. */
export function constGep(element: IrType, base: Constant, indices: readonly Constant[]): Constant {
  expectType(base, ptr, "getelementptr base");
  const operands = [printOperand(base), ...indices.map(printOperand)].join(", ");
  return constant(ptr, `getelementptr inbounds (${printType(element)}, ${operands})`);
}

/** @throws InternalError `ir-type-mismatch`. */
export function expectType(value: Value, type: IrType, what: string): void {
  if (!sameType(value.type, type)) {
    throw new InternalError(
      "ir-type-mismatch",
      `${what}: ${printOperand(value)} where ${printType(type)} is expected`,
    );
  }
}
