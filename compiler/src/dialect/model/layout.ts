import type { Field, StructShape, Type } from "./types.js";

/** Bytes that a value of the type takes in memory, by the C ABI of BPF (8-byte pointers, 8-byte u64). */
export function sizeOf(type: Type): number {
  switch (type.kind) {
    case "int":
    case "enum":
      return type.bits / 8;
    case "bool":
      return 1;
    case "struct":
      return type.shape.size;
    case "array":
      return sizeOf(type.element) * type.length;
    case "str":
      return type.length;
    case "ptr":
    case "map":
      return 8;
    case "void":
    case "constant":
    case "error":
      return 0;
  }
}

export function alignOf(type: Type): number {
  switch (type.kind) {
    case "struct":
      return type.shape.align;
    case "array":
      return alignOf(type.element);
    case "str":
      return 1;
    default:
      return Math.max(1, sizeOf(type));
  }
}

/** A field before it is placed. */
export interface FieldDeclaration {
  readonly name: string;
  readonly type: Type;
  /** Width of a bit-field, else null. */
  readonly width: number | null;
  /** Bytes from the start, of a field that shares its bytes with others (a member of an anonymous union). */
  readonly overlay?: number;
}

export interface LayoutRules {
  readonly union: boolean;
  readonly packed: boolean;
  /** Least alignment, from `@align(n)`. */
  readonly align: number;
}

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** Places fields as a C compiler does for BPF (System V rules: a bit-field never straddles its own type). */
export function layOut(declarations: readonly FieldDeclaration[], rules: LayoutRules): StructShape {
  const fields: Field[] = [];
  let bit = 0; // next free bit
  let size = 0;
  let align = rules.align;
  for (const { name, type, width, overlay } of declarations) {
    if (overlay !== undefined) {
      fields.push({ name, type, offset: overlay, bits: null });
      size = Math.max(size, overlay + sizeOf(type));
      continue;
    }
    const fieldAlign = rules.packed ? 1 : alignOf(type);
    const fieldSize = sizeOf(type);
    if (rules.union) bit = 0;
    if (width !== null) {
      const unit = fieldSize * 8;
      if (!rules.packed && Math.floor(bit / unit) !== Math.floor((bit + width - 1) / unit))
        bit = roundUp(bit, unit);
      const storage = Math.floor(bit / unit) * fieldSize;
      fields.push({ name, type, offset: storage, bits: { width, offset: bit } });
      bit += width;
    } else {
      const offset = roundUp(Math.ceil(bit / 8), fieldAlign);
      fields.push({ name, type, offset, bits: null });
      bit = (offset + fieldSize) * 8;
    }
    align = Math.max(align, fieldAlign);
    size = Math.max(size, Math.ceil(bit / 8));
  }
  return { fields, size: roundUp(size, align), align };
}
