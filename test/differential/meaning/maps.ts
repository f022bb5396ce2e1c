// Array maps: their values are memory that lookup() leads to, for the keys that there are.
import { conditional } from "./conditions.js";
import {
  type Expr,
  fitted,
  ill,
  type NumberExpr,
  numberAt,
  numberOf,
  numberOfType,
  type Place,
  truth,
} from "./expressions.js";
import { declaration, rounds } from "./loops.js";
import { type Cell, copyCell, load, type Machine, partOf, store } from "./machine.js";
import { field, global, local } from "./places.js";
import { type Block, bodyAt, done, linesOf, runBlock, type Statement } from "./statements.js";
import { arrayOf, type DataType, type IntType, ints, narrowed, type StructType, same } from "./types.js";

/** `@map({ … }) m: ArrayMap<V>`, in memory that the test shares. */
export interface ArrayMap {
  readonly name: string;
  readonly value: StructType | IntType;
  readonly entries: number;
}

export const mapLine = ({ name, value, entries }: ArrayMap): string =>
  `@map({ maxEntries: ${entries}, flags: BPF_F_MMAPABLE }) ${name}: ArrayMap<${value.name}>;`;

/** All its values. */
export const valuesOf = ({ value, entries }: ArrayMap): DataType => arrayOf(value, entries);

/** -E2BIG: kernel, array_map_update_elem(). */
const TOO_BIG = -7n;

const keyOf = (key: NumberExpr): Expr => fitted(ints.u32, key);

/** The value of a key; null if there is none. */
function found(m: Machine, map: ArrayMap, key: Expr): Cell | null {
  const index = narrowed(ints.u32, key.value(m));
  return index < BigInt(map.entries) ? partOf(m.global(map.name), Number(index)) : null;
}

/** What a pointer to a value is called: a struct's fields are read through it, another's by `.value`. */
export const pointed = ({ value }: ArrayMap, name: string): string =>
  value.kind === "struct" ? name : `${name}.value`;

/** `(this.m.lookup(key)?.f ?? otherwise)` */
export function lookupOr(
  map: ArrayMap,
  key: NumberExpr,
  member: string | null,
  otherwise: NumberExpr,
): NumberExpr {
  const fits = keyOf(key);
  const base = local("", map.value);
  const place = member === null ? base : field(base, member);
  const { type } = place;
  if (type.kind !== "int" || place.bitField) return ill("no number");
  const present = numberOfType(
    type,
    "",
    [],
    (): NumberExpr => ill("a part"),
    () => 0n,
  );
  const text = `(this.${map.name}.lookup(${fits.text})?.${member ?? "value"} ?? ${otherwise.text})`;
  return {
    ...numberOf(conditional(truth(true), present, otherwise)),
    text,
    parts: [key, otherwise],
    rebuild: (p) => lookupOr(map, numberAt(p, 0), member, numberAt(p, 1)),
    value: (m) => {
      const cell = found(m, map, fits);
      if (!cell) return otherwise.value(m);
      return load(member === null ? cell : field({ ...base, cell: () => cell }, member).cell(m));
    },
  };
}

/** `this.m.update(key, value)`: 0, or -E2BIG. */
export function update(map: ArrayMap, key: NumberExpr, value: NumberExpr | Place): NumberExpr {
  const fits = keyOf(key);
  const given = "kind" in value ? fitted(numeric(map), value) : value;
  if (!("kind" in given) && !same(given.type, map.value)) ill("another type");
  return numberOfType(
    ints.i64,
    `this.${map.name}.update(${fits.text}, ${given.text})`,
    [key, ...("kind" in value ? [value] : value.parts)],
    (p) => update(map, numberAt(p, 0), "kind" in value ? numberAt(p, 1) : value.rebuild(p.slice(1))),
    (m) => {
      const index = narrowed(ints.u32, fits.value(m));
      const source = "kind" in given ? given.value(m) : given.cell(m);
      if (index >= BigInt(map.entries)) return TOO_BIG;
      const target = partOf(m.global(map.name), Number(index));
      if (typeof source === "bigint") store(target, source);
      else copyCell(target, source);
      return 0n;
    },
  );
}
const numeric = ({ value }: ArrayMap): IntType => (value.kind === "int" ? value : ill("no number"));

/** `const e = this.m.lookup(key); if (e) { … }` */
export function whereFound(map: ArrayMap, name: string, key: NumberExpr, yes: Block, no: Block): Statement {
  const fits = keyOf(key);
  return {
    lines: [
      `const ${name} = this.${map.name}.lookup(${fits.text});`,
      `if (${name}) {`,
      ...linesOf(yes),
      ...(no.length > 0 ? ["} else {", ...linesOf(no)] : []),
      "}",
    ],
    parts: [key],
    bodies: [yes, no],
    rebuild: (p, b) => whereFound(map, name, numberAt(p, 0), bodyAt(b, 0), bodyAt(b, 1)),
    run: (m) => {
      const cell = found(m, map, fits);
      if (!cell) return runBlock(m, no);
      m.locals.set(pointed(map, name), cell);
      return runBlock(m, yes);
    },
  };
}

/** `for (const [key, value] of this.m) { … }`, in the order of the keys. */
export function mapLoop(
  map: ArrayMap,
  key: string,
  value: string,
  label: string | null,
  body: Block,
): Statement {
  return {
    lines: declaration(label, `for (const [${key}, ${value}] of this.${map.name})`, body),
    parts: [],
    bodies: [body],
    rebuild: (_, b) => mapLoop(map, key, value, label, bodyAt(b, 0)),
    run: (m) => {
      const values = global(map.name, valuesOf(map)).cell(m);
      let at = 0;
      const next = (): boolean => {
        if (at >= map.entries) return false;
        m.declare(key, ints.u32, BigInt(at));
        m.locals.set(pointed(map, value), partOf(values, at++));
        return true;
      };
      return next() ? rounds(m, label, body, next) : done;
    },
  };
}
