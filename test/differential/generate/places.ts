import { boundedElement, constantElement, field } from "../meaning/places.js";
import type { PlaceConstruct } from "./generator.js";

/** Parts of an aggregate, of those that `leads` accepts. */
export const places: readonly PlaceConstruct[] = [
  {
    name: "field",
    weight: 4,
    make: (g, base, leads) =>
      base.type.kind === "struct"
        ? field(base, g.pick(base.type.fields.filter(({ type }) => leads(type))).name)
        : null,
  },
  {
    name: "element at a constant",
    weight: 2,
    make: (g, base) => (base.type.kind === "array" ? constantElement(base, g.below(base.type.length)) : null),
  },
  {
    name: "element at a bounded index",
    weight: 3,
    make: (g, base) =>
      base.type.kind === "array" ? boundedElement(base, g.index(), g.pick(["mask", "remainder"])) : null,
  },
];
