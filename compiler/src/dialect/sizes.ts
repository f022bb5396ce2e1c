import type { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { evaluate } from "./constants.js";
import { sizeOf } from "./model/layout.js";
import { errorType, isInteger, type Type, typeName } from "./model/types.js";
import type { Session } from "./session.js";

/** Sizes are `int` in the kernel: BTF's, a map's value's (kernel/bpf/arraymap.c: array_map_alloc_check). */
const MOST_BYTES = 0x7fff_ffff;
const MOST_ALIGNMENT = 4096n;

/** A length written as a type, in elements or bytes; null, and reported, if it is none. */
export function checkLength(session: Session, node: ts.TypeNode, value: bigint | null): number {
  if (value !== null && value >= 0n && value <= BigInt(MOST_BYTES)) return Number(value);
  session.report(node, TSB.lengthOdd(node.getText()));
  return 0;
}

/** The type, or the error type, and reported, if it is larger than the kernel can count. */
export function checkSize(session: Session, node: ts.Node, type: Type): Type {
  const bytes = sizeOf(type);
  if (bytes <= MOST_BYTES) return type;
  session.report(node, TSB.tooLarge(bytes.toLocaleString("en", { useGrouping: false })));
  return errorType;
}

/** The N of `@align(N)`; 1, and reported, if it is none. */
export function checkAlignment(session: Session, node: ts.Expression | undefined): number {
  if (!node) return 1;
  const value = evaluate(session, node);
  if (value !== null && value >= 1n && value <= MOST_ALIGNMENT && (value & (value - 1n)) === 0n)
    return Number(value);
  session.report(node, TSB.alignmentOdd(value === null ? `'${node.getText()}'` : `${value}`));
  return 1;
}

/** The W of `bits<T, W>`, which fits T; null, and reported, if it does not. */
export function checkWidth(session: Session, node: ts.TypeNode, width: number, unit: Type): number | null {
  if (unit.kind === "error") return null;
  const most = isInteger(unit) || unit.kind === "bool" ? sizeOf(unit) * 8 : 0;
  if (width >= 1 && width <= most) return width;
  session.report(node, TSB.bitWidth(`${width}`, typeName(unit)));
  return null;
}
