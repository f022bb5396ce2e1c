import type { EnumExpr } from "./expressions.js";
import type { EnumType, Member } from "./types.js";

/** `E.M0` */
export const member = (type: EnumType, { name, value }: Member): EnumExpr => ({
  kind: "enum",
  type,
  text: `${type.name}.${name}`,
  parts: [],
  known: true,
  rebuild: () => member(type, { name, value }),
  value: () => value,
});
