import { fitted, ill, type NumberExpr, numberAt, numberOfType, type Place } from "./expressions.js";
import { load, store } from "./machine.js";
import { narrowed } from "./types.js";

/** What is stored of the old value and the operands. */
const operations = {
  add: (old, a) => old + a,
  sub: (old, a) => old - a,
  and: (old, a) => old & a,
  or: (old, a) => old | a,
  xor: (old, a) => old ^ a,
  exchange: (_, a) => a,
  compareExchange: (old, expected, a) => (old === expected ? a : old),
} as const satisfies Record<string, (old: bigint, a: bigint, b: bigint) => bigint>;
export type AtomicName = keyof typeof operations;
export const atomicNames = Object.keys(operations) as readonly AtomicName[];

/** `atomic.add(this.n, 1)`: the old value. 32 and 64 bits in memory only. */
export function atomic(name: AtomicName, place: Place, args: readonly NumberExpr[]): NumberExpr {
  const { type } = place;
  if (type.kind !== "int" || type.parameter || type.bits < 32 || place.bitField)
    return ill("no 32 or 64 bits");
  if (!/[.\]]/.test(place.text)) ill("not in memory");
  const fits = args.map((arg) => fitted(type, arg));
  const count = place.parts.length;
  return numberOfType(
    type,
    `atomic.${name}(${[place, ...fits].map(({ text }) => text).join(", ")})`,
    [...place.parts, ...args],
    (p) =>
      atomic(
        name,
        place.rebuild(p.slice(0, count)),
        args.map((_, i) => numberAt(p, count + i)),
      ),
    (m) => {
      const cell = place.cell(m);
      const [a = 0n, b = 0n] = fits.map((value) => narrowed(type, value.value(m)));
      const old = load(cell);
      store(cell, operations[name](old, a, b));
      return old;
    },
  );
}
