// Expressions of the dialect: each is made by a function here, which knows its text, its type and, by sections 3 and 10
// of the dialect page alone, its value.
import { type Cell, type Machine, scalar, store, wrap } from "./machine.js";
import {
  type DataType,
  holds,
  type IntType,
  ints,
  isScalar,
  narrowed,
  type ScalarType,
  widens,
} from "./types.js";

/** What is tried is not a program of the dialect. The generator takes something else, the shrinker leaves it. */
export class IllTyped extends Error {}

interface Node {
  readonly text: string;
  /** What the shrinker may put other things in place of. */
  readonly parts: readonly Expr[];
  /** TypeScript gives it a literal type, and says that two of them have no overlap. */
  readonly known?: boolean;
}

export interface NumberExpr extends Node {
  readonly kind: "number";
  /** u64 or i64: what it is computed in. */
  readonly computed: IntType;
  /** The declared types it may be of, as TypeScript sees it; none is a plain number. */
  readonly declared: readonly IntType[];
  /** A constant expression is exact, and adapts to the other side. */
  readonly constant: bigint | null;
  /** By its form and types, as the page asks of what divides a u64. */
  readonly neverNegative: boolean;
  rebuild(parts: readonly Expr[]): NumberExpr;
  value(m: Machine): bigint;
}
export interface BoolExpr extends Node {
  readonly kind: "boolean";
  rebuild(parts: readonly Expr[]): BoolExpr;
  value(m: Machine): bigint;
}
export type Expr = NumberExpr | BoolExpr;

export interface Place extends Node {
  readonly type: DataType;
  /** Bit-fields of other widths are other types to TypeScript. */
  readonly bitField?: boolean;
  rebuild(parts: readonly Expr[]): Place;
  cell(m: Machine): Cell;
}

export const ill = (why: string): never => {
  throw new IllTyped(why);
};

/** The i-th part, which has to be a number. */
export function numberAt(parts: readonly Expr[], i: number): NumberExpr {
  const part = parts[i];
  return part?.kind === "number" ? part : ill("not a number");
}
export function boolAt(parts: readonly Expr[], i: number): BoolExpr {
  const part = parts[i];
  return part?.kind === "boolean" ? part : ill("not a boolean");
}

const is64u = (expr: NumberExpr): boolean => expr.constant === null && expr.computed === ints.u64;
const computedFor = (types: readonly IntType[]): IntType =>
  types.some((type) => type === ints.u64) ? ints.u64 : ints.i64;

const hex = (value: bigint): string =>
  value > 0xffffn ? `0x${value.toString(16)}` : value < 0n ? `(${value})` : `${value}`;

export function literal(value: bigint): NumberExpr {
  if (value < -(1n << 63n) || value >= 1n << 64n) ill("a literal beyond 64 bits");
  return {
    kind: "number",
    text: hex(value),
    parts: [],
    computed: ints.i64,
    declared: [],
    constant: value,
    neverNegative: value >= 0n,
    known: true,
    rebuild: () => literal(value),
    value: () => value,
  };
}

export const truth = (value: boolean): BoolExpr => ({
  kind: "boolean",
  text: `${value}`,
  parts: [],
  known: true,
  rebuild: () => truth(value),
  value: () => (value ? 1n : 0n),
});

export function read(place: Place): Expr {
  const { type, text, parts } = place;
  const value = (m: Machine): bigint => scalar(place.cell(m)).value;
  if (type.kind === "bool")
    return { kind: "boolean", text, parts, rebuild: (p) => boolOf(read(place.rebuild(p))), value };
  if (type.kind !== "int") return ill("an aggregate is no value");
  const declared = [type];
  const rebuild = (p: readonly Expr[]): NumberExpr => numberOf(read(place.rebuild(p)));
  return {
    kind: "number",
    text,
    parts,
    computed: computedFor(declared),
    declared,
    constant: null,
    neverNegative: !type.signed,
    rebuild,
    value,
  };
}
export const numberOf = (expr: Expr): NumberExpr => (expr.kind === "number" ? expr : ill("not a number"));
export const boolOf = (expr: Expr): BoolExpr => (expr.kind === "boolean" ? expr : ill("not a boolean"));

type Operation = (a: bigint, b: bigint) => bigint;

const shiftCount = (b: bigint): bigint => BigInt.asUintN(6, b);
/** On 64-bit operands of the computed type; BigInt's division truncates and its remainder has the dividend's sign. */
export const operators = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "/": (a, b) => (b === 0n ? 0n : a / b),
  "%": (a, b) => (b === 0n ? a : a % b),
  "<<": (a, b) => a << shiftCount(b),
  ">>": (a, b) => a >> shiftCount(b),
  ">>>": (a, b) => BigInt.asUintN(64, a) >> shiftCount(b),
} as const satisfies Record<string, Operation>;
export type Operator = keyof typeof operators;
export const operatorNames = Object.keys(operators) as readonly Operator[];
const isShift = (op: Operator): boolean => op === "<<" || op === ">>" || op === ">>>";
const isDivision = (op: Operator): boolean => op === "/" || op === "%";

/** u64 if an operand is u64, else i64; a constant adapts to the other side. Checks what the page calls an error. */
function computedOf(op: Operator, left: NumberExpr, right: NumberExpr): IntType {
  if (isShift(op) && right.constant !== null && (right.constant < 0n || right.constant > 63n))
    ill("shift count");
  if (isDivision(op) && right.constant === 0n) ill("division by zero");
  if (op === ">>>") return ints.u64;
  if (op === ">>") {
    // The page does not say what a signed value shifted by a u64 is: it is not generated.
    if (is64u(right) && !is64u(left)) ill("signed >> u64");
    if (left.constant !== null && !holds(ints.i64, left.constant))
      ill("a constant of u64 without one beside it");
    return is64u(left) ? ints.u64 : ints.i64;
  }
  const unsigned = is64u(left) || is64u(right);
  if (!unsigned)
    for (const side of [left, right])
      if (side.constant !== null && side.constant > (1n << 63n) - 1n)
        ill("a constant of u64 without one beside it");
  if (unsigned && isDivision(op) && !(left.neverNegative && right.neverNegative)) ill("u64 by a signed");
  return unsigned ? ints.u64 : ints.i64;
}

const calculate = (op: Operator, computed: IntType, a: bigint, b: bigint): bigint =>
  wrap(computed, operators[op](wrap(computed, a), isShift(op) ? b : wrap(computed, b)));

/** `a < (b) > (c)` is a call with type arguments to TypeScript, and `a << (b) > (c)` may be the beginning of one. */
function noTypeArguments(op: string, right: Expr): void {
  if ((op === "<" || op === "<<") && right.text.includes(">")) ill("type arguments");
}

export function binary(op: Operator, left: NumberExpr, right: NumberExpr): NumberExpr {
  noTypeArguments(op, right);
  const computed = computedOf(op, left, right);
  const folded = left.constant !== null && right.constant !== null;
  // Exact in a constant expression; one that no type of 64 bits holds is not generated.
  const constant = folded ? literal(operators[op](left.constant, right.constant)).constant : null;
  return {
    kind: "number",
    text: `(${left.text} ${op} ${right.text})`,
    parts: [left, right],
    computed,
    declared: op === ">>>" && constant === null ? [ints.u64] : [],
    constant,
    neverNegative: constant !== null ? constant >= 0n : computed === ints.u64,
    rebuild: (p) => binary(op, numberAt(p, 0), numberAt(p, 1)),
    value: (m) => {
      if (constant !== null) return constant;
      const a = left.value(m);
      return calculate(op, computed, a, right.value(m));
    },
  };
}

export function unary(op: "-" | "~", operand: NumberExpr): NumberExpr {
  const apply = (value: bigint): bigint => (op === "-" ? -value : ~value);
  const constant = operand.constant === null ? null : literal(apply(operand.constant)).constant;
  const { computed } = operand;
  return {
    kind: "number",
    text: `(${op}${operand.text})`,
    parts: [operand],
    computed,
    declared: [],
    constant,
    neverNegative: constant !== null ? constant >= 0n : computed === ints.u64,
    known: operand.known === true,
    rebuild: (p) => unary(op, numberAt(p, 0)),
    value: (m) => constant ?? wrap(computed, apply(operand.value(m))),
  };
}

/** `u32(x)`. Of a constant only where the result is stored at once: is `u8(300) - 1` exact? The page does not say. */
export function conversion(type: IntType, operand: Expr): NumberExpr {
  return {
    kind: "number",
    text: `${type.name}(${operand.text})`,
    parts: [operand],
    computed: computedFor([type]),
    declared: [type],
    constant: null,
    neverNegative: !type.signed,
    rebuild: (p) => conversion(type, p[0] ?? ill("nothing to convert")),
    value: (m) => narrowed(type, operand.value(m)),
  };
}

/** As an operand: the conversion of what is no constant. */
export const converted = (type: IntType, operand: Expr): NumberExpr =>
  operand.kind === "number" && operand.constant !== null ? ill("of a constant") : conversion(type, operand);

/** The value for a place of this type: converted where TypeScript asks for it. Arithmetic is narrowed by itself. */
export function fitted(type: ScalarType, value: Expr): Expr {
  if (type.kind === "bool") return boolOf(value);
  const number = numberOf(value);
  const accepted =
    number.constant === null
      ? number.declared.every((own) => widens(own, type))
      : holds(type, number.constant);
  return accepted ? number : conversion(type, number);
}

/** The same for a field: bit-fields of other widths are other types to TypeScript. */
export const narrow = (type: DataType, bitField: boolean, value: Expr): Expr => {
  if (!isScalar(type)) return ill("an aggregate is no value");
  if (bitField && type.kind === "int" && value.kind === "number" && value.declared.length > 0)
    return conversion(type, value);
  return fitted(type, value);
};

export function conditional(condition: BoolExpr, yes: Expr, no: Expr): Expr {
  const text = `(${condition.text} ? ${yes.text} : ${no.text})`;
  const value = (m: Machine): bigint => (condition.value(m) ? yes.value(m) : no.value(m));
  const parts = [condition, yes, no];
  const known = yes.known === true && no.known === true;
  if (yes.kind === "boolean" || no.kind === "boolean") {
    const rebuild = (p: readonly Expr[]): BoolExpr =>
      boolOf(conditional(boolAt(p, 0), boolAt(p, 1), boolAt(p, 2)));
    boolOf(yes);
    boolOf(no);
    return { kind: "boolean", text, parts, known, rebuild, value };
  }
  const unsigned = is64u(yes) || is64u(no);
  // What a u64 or a negative number is together, the page does not say.
  if (unsigned && !(yes.neverNegative && no.neverNegative)) ill("u64 or a signed");
  if (!unsigned)
    for (const side of [yes, no]) if (side.constant !== null && !holds(ints.i64, side.constant)) ill("u64");
  const rebuild = (p: readonly Expr[]): NumberExpr =>
    numberOf(conditional(boolAt(p, 0), numberAt(p, 1), numberAt(p, 2)));
  return {
    kind: "number",
    text,
    parts,
    computed: unsigned ? ints.u64 : ints.i64,
    declared: [...yes.declared, ...no.declared],
    constant: null,
    neverNegative: yes.neverNegative && no.neverNegative,
    known,
    rebuild,
    value,
  };
}

type Relation = (a: bigint, b: bigint) => boolean;
export const relations = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "===": (a, b) => a === b,
  "!==": (a, b) => a !== b,
} as const satisfies Record<string, Relation>;
export type RelationName = keyof typeof relations;
export const relationNames = Object.keys(relations) as readonly RelationName[];

/** Mathematical, whatever the signs. */
export function comparison(op: RelationName, left: Expr, right: Expr): BoolExpr {
  if (left.kind !== right.kind) ill("a number and a boolean");
  noTypeArguments(op, right);
  if (left.kind === "boolean" && op !== "===" && op !== "!==") ill("booleans have no order");
  if (left.known && right.known) ill("two constants");
  // After `x = false`, TypeScript takes x for false.
  if (left.kind === "boolean" && (left.known || right.known)) ill("a constant");
  return {
    kind: "boolean",
    text: `(${left.text} ${op} ${right.text})`,
    parts: [left, right],
    rebuild: (p) => comparison(op, p[0] ?? ill(""), p[1] ?? ill("")),
    value: (m) => {
      const a = left.value(m);
      return relations[op](a, right.value(m)) ? 1n : 0n;
    },
  };
}

export function logical(op: "&&" | "||", left: BoolExpr, right: BoolExpr): BoolExpr {
  return {
    kind: "boolean",
    text: `(${left.text} ${op} ${right.text})`,
    parts: [left, right],
    known: left.known === true || right.known === true,
    rebuild: (p) => logical(op, boolAt(p, 0), boolAt(p, 1)),
    value: (m) => {
      const a = left.value(m);
      return (op === "&&") === (a !== 0n) ? right.value(m) : a;
    },
  };
}

export const not = (operand: BoolExpr): BoolExpr => ({
  kind: "boolean",
  text: `!${operand.text}`,
  parts: [operand],
  known: operand.known === true,
  rebuild: (p) => not(boolAt(p, 0)),
  value: (m) => (operand.value(m) ? 0n : 1n),
});

/** `!!n`: a number as a truth. */
export function nonZero(operand: NumberExpr): BoolExpr {
  if (operand.constant !== null || operand.known) ill("TypeScript knows it");
  return {
    kind: "boolean",
    text: `!!${operand.text}`,
    parts: [operand],
    rebuild: (p) => nonZero(numberAt(p, 0)),
    value: (m) => (operand.value(m) === 0n ? 0n : 1n),
  };
}

const scalarOf = (
  place: Place,
  text: string,
  parts: readonly Expr[],
  rebuild: (p: readonly Expr[]) => Expr,
  value: (m: Machine) => bigint,
): Expr =>
  place.type.kind === "bool"
    ? { kind: "boolean", text, parts, rebuild: (p) => boolOf(rebuild(p)), value }
    : place.type.kind === "int"
      ? {
          kind: "number",
          text,
          parts,
          computed: computedFor([place.type]),
          declared: [place.type],
          constant: null,
          neverNegative: !place.type.signed,
          rebuild: (p) => numberOf(rebuild(p)),
          value,
        }
      : ill("an aggregate is no value");

/** `x = v`; its value is what was stored. The place is found first. */
export function assign(place: Place, value: Expr): Expr {
  const stored = narrow(place.type, place.bitField === true, value);
  const text = `(${place.text} = ${stored.text})`;
  const count = place.parts.length;
  const made = scalarOf(
    place,
    text,
    [...place.parts, value],
    (p) => assign(place.rebuild(p.slice(0, count)), p[count] ?? ill("")),
    (m) => {
      const cell = place.cell(m);
      return store(cell, stored.value(m));
    },
  );
  return { ...made, known: stored.known === true };
}

/** `x += v`; the old value is read before `v` is computed. */
export function modify(op: Operator, place: Place, value: NumberExpr): Expr {
  if (place.type.kind !== "int") ill("not a number");
  const old = numberOf(read(place));
  const computed = computedOf(op, old, value);
  const count = place.parts.length;
  return scalarOf(
    place,
    `(${place.text} ${op}= ${value.text})`,
    [...place.parts, value],
    (p) => modify(op, place.rebuild(p.slice(0, count)), numberAt(p, count)),
    (m) => {
      const cell = place.cell(m);
      const before = scalar(cell).value;
      return store(cell, calculate(op, computed, before, value.value(m)));
    },
  );
}

/** `x++` and its like. "The value of ++x is what was stored, after narrowing"; of x++, what was there. */
export function step(place: Place, by: 1n | -1n, prefix: boolean): Expr {
  if (place.type.kind !== "int") ill("not a number");
  const sign = by === 1n ? "++" : "--";
  const text = prefix ? `(${sign}${place.text})` : `(${place.text}${sign})`;
  return scalarOf(
    place,
    text,
    place.parts,
    (p) => step(place.rebuild(p), by, prefix),
    (m) => {
      const cell = place.cell(m);
      const before = scalar(cell).value;
      const after = store(cell, before + by);
      return prefix ? after : before;
    },
  );
}
