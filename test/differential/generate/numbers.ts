import { assign, modify, step } from "../meaning/assignments.js";
import { atomic, atomicNames } from "../meaning/atomics.js";
import { conditional } from "../meaning/conditions.js";
import { converted, literal, type NumberExpr, numberOf } from "../meaning/expressions.js";
import { lookupOr, update } from "../meaning/maps.js";
import { binary, type Operator, operatorNames, unary } from "../meaning/operators.js";
import { allInts, type DataType, ints, same } from "../meaning/types.js";
import { called } from "./calls.js";
import type { Construct, Generator } from "./generator.js";

const number = (type: DataType): boolean => type.kind === "int";

/** Counts stay small mostly, and are sometimes anything: they are taken modulo 64. */
function shiftCount(g: Generator): NumberExpr {
  if (g.chance(0.3)) return g.number();
  return g.chance(0.5) ? binary("&", g.varying(), literal(63n)) : literal(BigInt(g.below(64)));
}
function operand(g: Generator, op: Operator): NumberExpr {
  return op === "<<" || op === ">>" || op === ">>>" ? shiftCount(g) : g.number();
}

export const numbers: readonly Construct<NumberExpr>[] = [
  { name: "constant", weight: 3, make: (g) => g.constant() },
  { name: "read", weight: 10, make: (g) => g.readNumber() },
  {
    name: "operator",
    weight: 24,
    make: (g) => {
      const op = g.pick(operatorNames);
      const left = g.number();
      return binary(op, left, operand(g, op));
    },
  },
  {
    name: "u64 division",
    weight: 3,
    make: (g) =>
      binary(
        g.pick(["/", "%"]),
        converted(ints.u64, g.varying()),
        converted(g.pick([ints.u64, ints.u8]), g.varying()),
      ),
  },
  { name: "sign", weight: 4, make: (g) => unary(g.pick(["-", "~"]), g.number()) },
  {
    name: "conversion",
    weight: 6,
    make: (g) => converted(g.pick(allInts), g.chance(0.15) ? g.boolean() : g.number()),
  },
  {
    name: "conversion of an enum",
    weight: 1,
    make: (g) => converted(g.pick(allInts), g.enumValue(g.pick(g.enums))),
  },
  {
    name: "conditional",
    weight: 4,
    make: (g) => numberOf(conditional(g.condition(), g.number(), g.number())),
  },
  {
    name: "assignment",
    weight: 1,
    make: (g) => {
      const place = g.place(number, true);
      return place && numberOf(assign(place, g.number()));
    },
  },
  { name: "compound assignment", weight: 1, make: (g) => compound(g) },
  { name: "step", weight: 1, make: (g) => stepped(g) },
  { name: "call", weight: 4, make: called },
  { name: "atomic", weight: 1, make: atomicOperation },
  {
    name: "lookup with ?. and ??",
    weight: 2,
    make: (g) => {
      const map = g.isMethod ? g.pick(g.maps) : null;
      if (!map) return null;
      const member = map.value.kind === "struct" ? g.pick(map.value.fields).name : null;
      return lookupOr(map, mapKey(g), member, g.number());
    },
  },
  { name: "update", weight: 1, make: mapUpdate },
];

export function compound(g: Generator): NumberExpr | null {
  const place = g.place(number, true);
  const op = g.pick(operatorNames);
  return place && numberOf(modify(op, place, operand(g, op)));
}

export function stepped(g: Generator): NumberExpr | null {
  const place = g.place(number, true);
  return place && numberOf(step(place, g.pick([1n, -1n]), g.chance(0.5)));
}

/** As a statement: `atomic.add` is what every instruction set has, if nobody asks for the old value. */
export function atomicStatement(g: Generator): NumberExpr | null {
  return g.features.atomics ? atomicOperation(g) : atomicOf(g, "add");
}

function atomicOperation(g: Generator): NumberExpr | null {
  return g.features.atomics ? atomicOf(g, g.pick(atomicNames)) : null;
}

function atomicOf(g: Generator, name: (typeof atomicNames)[number]): NumberExpr | null {
  const place = g.place((type) => type.kind === "int" && type.bits >= 32, true);
  // The verifier takes no atomic operation on the stack at an offset that it does not know.
  if (!place || (place.parts.length > 0 && !(g.isMethod && place.text.startsWith("this.")))) return null;
  return atomic(name, place, name === "compareExchange" ? [g.number(), g.number()] : [g.number()]);
}

/** Mostly one that is there. */
export const mapKey = (g: Generator): NumberExpr =>
  g.chance(0.5)
    ? literal(BigInt(g.below(5)))
    : g.chance(0.7)
      ? binary("&", g.varying(), literal(3n))
      : g.number();

export function mapUpdate(g: Generator): NumberExpr | null {
  const map = g.isMethod ? g.pick(g.maps) : null;
  if (!map) return null;
  const { value } = map;
  if (value.kind === "int") return update(map, mapKey(g), g.number());
  const place = g.place((type) => same(type, value), false);
  return place && update(map, mapKey(g), place);
}
