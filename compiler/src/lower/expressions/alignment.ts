import type { Expr, Place } from "../../dialect/model/expressions.js";
import { alignOf, sizeOf } from "../../dialect/model/layout.js";

/** The verifier and the stack know no more than 8. */
const MOST = 8;

/** What is sure of the alignment of a place: a packed struct around a field takes from it, an aligned one gives. */
export function alignmentOf(place: Place): number {
  switch (place.kind) {
    case "variable":
    case "slot":
    case "global":
      return MOST;
    case "extern":
      return alignOf(place.type);
    case "field":
      return at(alignmentOfTarget(place.base), place.field.offset);
    case "element": {
      const { index } = place;
      const step = sizeOf(place.type);
      return at(alignmentOfTarget(place.base), index.kind === "int" ? Number(index.value) * step : step);
    }
    case "target":
      return alignmentOfTarget(place.pointer);
  }
}

/** Of what an address leads to. */
export function alignmentOfTarget(address: Expr): number {
  if (address.kind === "address") return alignmentOf(address.place);
  if (address.kind === "temporary") return MOST;
  return address.type.kind === "ptr" ? Math.min(MOST, alignOf(address.type.to)) : 1;
}

function at(align: number, offset: number): number {
  let sure = align;
  while (sure > 1 && offset % sure !== 0) sure /= 2;
  return sure;
}
