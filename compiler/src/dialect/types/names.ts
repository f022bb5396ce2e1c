import type { Type } from "../model/types.js";
import type { Session } from "../session.js";

/** A key that is equal for equal types. */
export function typeKey(session: Session, type: Type): string {
  switch (type.kind) {
    case "int":
      return `${type.bigEndian ? "be" : type.signed ? "i" : "u"}${type.bits}`;
    case "struct":
    case "enum":
      return `#${session.idOf(type.kind === "struct" ? type.shape : type)}`;
    case "array":
      return `${typeKey(session, type.element)}[${type.length}]`;
    case "str":
      return `str${type.length}`;
    case "ptr":
      return `*${type.space}${type.nullable ? "?" : ""}${typeKey(session, type.to)}`;
    case "constant":
      return `=${type.value}`;
    case "map":
      return `${type.className}(${type.key ? typeKey(session, type.key) : ""},${type.value ? typeKey(session, type.value) : ""})`;
    default:
      return type.kind;
  }
}

/** Part of a C name for a type argument: `Pair<u32, u64>` is `Pair_u32_u64`. */
export function argumentName(type: Type): string {
  switch (type.kind) {
    case "struct":
    case "enum":
      return type.name;
    case "array":
      return `${argumentName(type.element)}_${type.length}`;
    case "str":
      return `str${type.length}`;
    case "ptr":
      return `ptr_${argumentName(type.to)}`;
    case "int":
      return `${type.bigEndian ? "be" : type.signed ? "i" : "u"}${type.bits}`;
    case "constant":
      return `${type.value}`;
    default:
      return type.kind;
  }
}

/** The kernel and C accept only letters, digits and underscores in BTF names. */
export const cName = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, "_");
