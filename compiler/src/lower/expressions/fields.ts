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

/** Is it part of an object whose accesses LLVM must not merge? It leaves volatile ones as they are. */
export function isMemberwise(place: Place): boolean {
  if (place.kind === "field") return place.struct.shape.memberwise === true;
  return place.kind === "element" && place.base.kind === "address" && isMemberwise(place.base.place);
}

export function fieldAddress(
  f: FunctionLowering,
  place: FieldPlace,
  reach: (base: ir.Value) => ir.Value,
): Address {
  const base = reach(lowerExpression(f, place.base));
  f.at(place.loc);
  const pointer = addressing[place.struct.origin](f, base, place);
  return { pointer, volatile: isMemberwise(place), align: alignmentOf(place) };
}
