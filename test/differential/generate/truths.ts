import { comparison, conditional, logical, nonZero, not, relationNames } from "../meaning/conditions.js";
import { member } from "../meaning/enums.js";
import { type BoolExpr, boolOf, type EnumExpr, read } from "../meaning/expressions.js";
import type { DataType } from "../meaning/types.js";
import type { Construct, Generator } from "./generator.js";

const boolean = (type: DataType): boolean => type.kind === "bool";

export const booleans: readonly Construct<BoolExpr>[] = [
  {
    name: "comparison",
    weight: 12,
    make: (g) => comparison(g.pick(relationNames), g.number(), g.number()),
  },
  {
    name: "comparison of booleans",
    weight: 1,
    make: (g) => comparison(g.pick(["===", "!=="]), g.boolean(), g.boolean()),
  },
  { name: "comparison of enums", weight: 2, make: enumComparison },
  { name: "logical", weight: 4, make: (g) => logical(g.pick(["&&", "||"]), g.condition(), g.boolean()) },
  { name: "not", weight: 2, make: (g) => not(g.boolean()) },
  { name: "number as truth", weight: 2, make: (g) => nonZero(g.varying()) },
  {
    name: "read",
    weight: 3,
    make: (g) => {
      const place = g.place(boolean, false);
      return place && boolOf(read(place));
    },
  },
  {
    name: "conditional",
    weight: 1,
    make: (g) => boolOf(conditional(g.condition(), g.boolean(), g.boolean())),
  },
];

function enumComparison(g: Generator): BoolExpr | null {
  const left = untouchedEnum(g);
  if (!left) return null;
  const right = g.chance(0.7) ? member(left.type, g.pick(left.type.members)) : g.enumValue(left.type);
  return comparison(g.pick(relationNames), left, right);
}

/** An enum that TypeScript knows nothing more of, and that it will. */
export function untouchedEnum(g: Generator): EnumExpr | null {
  const place = g.place((type) => type.kind === "enum", false);
  if (!place || g.touched.has(place.text)) return null;
  const value = read(place);
  g.touched.add(place.text);
  return value.kind === "enum" ? { ...value, narrows: false } : null;
}
