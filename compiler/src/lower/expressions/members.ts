import { alignOf, sizeOf } from "../../dialect/model/layout.js";
import { isAggregate, type Type } from "../../dialect/model/types.js";
import { isKernelObject } from "../../dialect/stdlib-tables.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";

// Objects that the program allocates are accessed member by member (`StructShape.memberwise`).

/** A member of a struct, an element of an array of structs: what one access may not go beyond. */
interface Part {
  readonly type: Type;
  readonly offset: number;
}

/** Is it made of several parts? Numbers, and arrays and texts of them, are one. */
export const spansMembers = (type: Type): boolean =>
  type.kind === "array"
    ? spansMembers(type.element)
    : type.kind === "struct" && type.shape.memberwise === true;

/** What of it a program may write: not what the kernel looks after. */
export function* writableParts(type: Type, offset = 0): Generator<Part> {
  if (type.kind === "struct") {
    if (isKernelObject(type.name)) return;
    // Bit-fields that share a unit are one part.
    const units = new Set<number>();
    for (const field of type.shape.fields) {
      if (field.bits && units.has(field.offset)) continue;
      if (field.bits) units.add(field.offset);
      yield* writableParts(field.type, offset + field.offset);
    }
  } else if (type.kind === "array" && type.element.kind === "struct") {
    for (let i = 0; i < type.length; i++)
      yield* writableParts(type.element, offset + i * sizeOf(type.element));
  } else if (!(type.kind === "ptr" && type.kptr)) yield { type, offset };
}

const at = (f: FunctionLowering, base: ir.Value, offset: number): ir.Value =>
  offset === 0 ? base : f.b.gep(ir.i8, base, [ir.constInt(ir.i64, offset)]);

export function copyMembers(
  f: FunctionLowering,
  { target, source }: { readonly target: ir.Value; readonly source: ir.Value },
  type: Type,
): void {
  for (const part of writableParts(type)) {
    const align = alignOf(part.type);
    const [to, from] = [at(f, target, part.offset), at(f, source, part.offset)];
    if (isAggregate(part.type))
      ir.intrinsics.memcpy(f.b, to, from, sizeOf(part.type), {
        toAlign: align,
        fromAlign: align,
        volatile: true,
      });
    else {
      const value = f.b.load(f.types.memory(part.type), from, { align, volatile: true });
      f.b.store(value, to, { align, volatile: true });
    }
  }
}

/** Zeroes in an object that is new: the kernel leaves there what was there before. */
export function clearMembers(f: FunctionLowering, target: ir.Value, type: Type): void {
  for (const { type: part, offset } of writableParts(type)) {
    const align = alignOf(part);
    ir.intrinsics.memset(f.b, at(f, target, offset), 0, sizeOf(part), { align, volatile: true });
  }
}
