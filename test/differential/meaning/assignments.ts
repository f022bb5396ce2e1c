import {
  type Expr,
  ill,
  type NumberExpr,
  narrow,
  numberAt,
  numberOf,
  type Place,
  read,
  typed,
} from "./expressions.js";
import { load, store } from "./machine.js";
import { calculate, computedOf, type Operator } from "./operators.js";

/** `x = v`; its value is what was stored. The place is found first. */
export function assign(place: Place, value: Expr): Expr {
  const stored = narrow(place.type, place.bitField === true, value);
  const text = `(${place.text} = ${stored.text})`;
  const count = place.parts.length;
  const made = typed(
    place.type,
    text,
    [...place.parts, value],
    (p) => assign(place.rebuild(p.slice(0, count)), p[count] ?? ill("")),
    (m) => {
      const cell = place.cell(m);
      return store(cell, stored.value(m));
    },
  );
  return {
    ...made,
    known: stored.known === true,
    narrows: stored.kind !== "number" || stored.narrows === true,
  };
}

/** `x += v`; the old value is read before `v` is computed. */
export function modify(op: Operator, place: Place, value: NumberExpr): Expr {
  if (place.type.kind !== "int" || place.type.parameter) ill("not a number");
  const old = numberOf(read(place));
  const computed = computedOf(op, old, value);
  const count = place.parts.length;
  return typed(
    place.type,
    `(${place.text} ${op}= ${value.text})`,
    [...place.parts, value],
    (p) => modify(op, place.rebuild(p.slice(0, count)), numberAt(p, count)),
    (m) => {
      const cell = place.cell(m);
      const before = load(cell);
      return store(cell, calculate(op, computed, before, value.value(m)));
    },
  );
}

/** `x++` and its like. "The value of ++x is what was stored, after narrowing"; of x++, what was there. */
export function step(place: Place, by: 1n | -1n, prefix: boolean): Expr {
  if (place.type.kind !== "int" || place.type.parameter) ill("not a number");
  const sign = by === 1n ? "++" : "--";
  const text = prefix ? `(${sign}${place.text})` : `(${place.text}${sign})`;
  return typed(
    place.type,
    text,
    place.parts,
    (p) => step(place.rebuild(p), by, prefix),
    (m) => {
      const cell = place.cell(m);
      const before = load(cell);
      const after = store(cell, before + by);
      return prefix ? after : before;
    },
  );
}
