import type { Place } from "../../dialect/model/expressions.js";
import type { StructOrigin } from "../../dialect/model/types.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { alignmentOf } from "./alignment.js";
import { lowerExpression } from "./index.js";
import type { Address } from "./places.js";

type FieldPlace = Place & { kind: "field" };

/** How a field's address is made, by where its struct comes from. */
const addressing: Readonly<
  Record<StructOrigin, (f: FunctionLowering, base: ir.Value, place: FieldPlace) => ir.Value>
> = {
  local: (f, base, { field }) => f.b.gep(ir.i8, base, [ir.constInt(ir.i64, field.offset)]),
  // The verifier wants a context access to be the context register plus a constant, in one instruction.
  context: (f, base, { field }) =>
    f.b.gep(ir.i8, ir.intrinsics.preserveStaticOffset(f.b, base), [ir.constInt(ir.i64, field.offset)]),
  kernel: (f, base, { struct, field }) =>
    ir.core.memberAddress(f.b, base, struct.shape.fields.indexOf(field), f.types.struct(struct)),
};

export function fieldAddress(f: FunctionLowering, place: FieldPlace): Address {
  const base = lowerExpression(f, place.base);
  f.at(place.loc);
  const pointer = addressing[place.struct.origin](f, base, place);
  return { pointer, volatile: false, align: alignmentOf(place) };
}
