import { type Expr, ill, type NumberExpr, numberAt, type Place } from "./expressions.js";
import { partOf } from "./machine.js";
import type { DataType } from "./types.js";

export const local = (name: string, type: DataType, plain = false): Place => ({
  text: name,
  parts: [],
  type,
  plain,
  rebuild: () => local(name, type, plain),
  cell: (m) => m.local(name),
});

export const global = (name: string, type: DataType): Place => ({
  text: `this.${name}`,
  parts: [],
  type,
  rebuild: () => global(name, type),
  cell: (m) => m.global(name),
});

export function field(base: Place, name: string): Place {
  if (base.type.kind !== "struct") return ill("no struct");
  const index = base.type.fields.findIndex((f) => f.name === name);
  const found = base.type.fields[index] ?? ill("no such field");
  return {
    text: `${base.text}.${name}`,
    parts: base.parts,
    type: found.type,
    bitField: found.bits !== null,
    rebuild: (p) => field(base.rebuild(p), name),
    cell: (m) => partOf(base.cell(m), index),
  };
}

/** `a[i]`, with an index that is a constant inside. */
export function constantElement(base: Place, index: number): Place {
  if (base.type.kind !== "array" || index >= base.type.length) return ill("outside");
  return {
    text: `${base.text}[${index}]`,
    parts: base.parts,
    type: base.type.element,
    rebuild: (p) => constantElement(base.rebuild(p), index),
    cell: (m) => partOf(base.cell(m), index),
  };
}

/** `a[i & mask]` or `a[u64(i) % length]`: what bounds it is part of the place. */
export function boundedElement(base: Place, index: NumberExpr, by: "mask" | "remainder"): Place {
  const { type } = base;
  if (type.kind !== "array") return ill("no array");
  if (index.constant !== null) return ill("a constant");
  const length = BigInt(type.length);
  if (by === "mask" && (length & (length - 1n)) !== 0n) return ill("no power of two");
  const bounded = by === "mask" ? `${index.text} & ${length - 1n}` : `u64(${index.text}) % ${length}`;
  const count = base.parts.length;
  return {
    text: `${base.text}[${bounded}]`,
    parts: [...base.parts, index],
    type: type.element,
    rebuild: (p: readonly Expr[]) => boundedElement(base.rebuild(p.slice(0, count)), numberAt(p, count), by),
    cell: (m) => {
      const array = base.cell(m);
      return partOf(array, Number(BigInt.asUintN(64, index.value(m)) % length));
    },
  };
}
