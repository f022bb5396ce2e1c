// Expressions of the dialect: each is made by a function here, which knows its text, its type and, by sections 3 and 10
// of the dialect page alone, its value.
import { type Cell, load, type Machine } from "./machine.js";
import {
  type DataType,
  type EnumType,
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
  /** TypeScript may have narrowed it to a literal type where it stands, and says the same then. */
  readonly narrows?: boolean;
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
export interface EnumExpr extends Node {
  readonly kind: "enum";
  readonly type: EnumType;
  rebuild(parts: readonly Expr[]): EnumExpr;
  value(m: Machine): bigint;
}
export type Expr = NumberExpr | BoolExpr | EnumExpr;

export interface Place extends Node {
  readonly type: DataType;
  /** Bit-fields of other widths are other types to TypeScript. */
  readonly bitField?: boolean;
  /** A variable of TypeScript's plain `number`: a comparison with a literal narrows it. */
  readonly plain?: boolean;
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

export const is64u = (expr: NumberExpr): boolean => expr.constant === null && expr.computed === ints.u64;
const computedFor = ({ bits, signed }: IntType): IntType => (bits === 64 && !signed ? ints.u64 : ints.i64);

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

/** The value of a place's type that `value` gives. */
export const typed = (
  type: DataType,
  text: string,
  parts: readonly Expr[],
  rebuild: (p: readonly Expr[]) => Expr,
  value: (m: Machine) => bigint,
): Expr => {
  switch (type.kind) {
    case "bool":
      return { kind: "boolean", text, parts, rebuild: (p) => boolOf(rebuild(p)), value };
    case "enum":
      return { kind: "enum", type, text, parts, rebuild: (p) => enumOf(type, rebuild(p)), value };
    case "int":
      return numberOfType(type, text, parts, (p) => numberOf(rebuild(p)), value);
    default:
      return ill("an aggregate is no value");
  }
};

/** What is declared to be of an integer type. */
export const numberOfType = (
  type: IntType,
  text: string,
  parts: readonly Expr[],
  rebuild: (p: readonly Expr[]) => NumberExpr,
  value: (m: Machine) => bigint,
): NumberExpr => ({
  kind: "number",
  text,
  parts,
  computed: computedFor(type),
  declared: [type],
  constant: null,
  neverNegative: !type.signed,
  rebuild,
  value,
});

export function read(place: Place): Expr {
  const { type, text, parts } = place;
  const made = typed(
    type,
    text,
    parts,
    (p) => read(place.rebuild(p)),
    (m) => load(place.cell(m)),
  );
  return { ...made, narrows: type.kind !== "int" || place.plain === true };
}
export const numberOf = (expr: Expr): NumberExpr => (expr.kind === "number" ? expr : ill("not a number"));
export const boolOf = (expr: Expr): BoolExpr => (expr.kind === "boolean" ? expr : ill("not a boolean"));
export const enumOf = (type: EnumType, expr: Expr): EnumExpr =>
  expr.kind === "enum" && expr.type === type ? expr : ill("not of the enum");

/** `u32(x)`. Of a constant only where the result is stored at once: is `u8(300) - 1` exact? The page does not say. */
export function conversion(type: IntType, operand: Expr): NumberExpr {
  if (type.parameter) ill("a type parameter converts nothing");
  return numberOfType(
    type,
    `${type.name}(${operand.text})`,
    [operand],
    (p) => conversion(type, p[0] ?? ill("nothing to convert")),
    (m) => narrowed(type, operand.value(m)),
  );
}

/** As an operand: the conversion of what is no constant. */
export function converted(type: IntType, operand: Expr): NumberExpr {
  const constant =
    operand.kind === "enum" ? operand.known : operand.kind === "number" && operand.constant !== null;
  return constant ? ill("of a constant") : conversion(type, operand);
}

/** The value for a place of this type: converted where TypeScript asks for it. Arithmetic is narrowed by itself. */
export function fitted(type: ScalarType, value: Expr): Expr {
  if (type.kind === "bool") return boolOf(value);
  if (type.kind === "enum") return enumOf(type, value);
  const number = numberOf(value);
  // Only what is of the type parameter (and no conditional, whose other side may not be) is assigned to it, and nothing is said here of what it can hold.
  if (type.parameter)
    return number.declared.length > 0 &&
      number.declared.every((own) => own.parameter) &&
      number.parts[0]?.kind !== "boolean"
      ? number
      : ill("not of the type parameter");
  if (number.declared.some((own) => own.parameter)) return conversion(type, number);
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

/** `a < (b) > (c)` is a call with type arguments to TypeScript, and `a << (b) > (c)` may be the beginning of one. */
export function noTypeArguments(op: string, right: Expr): void {
  if ((op === "<" || op === "<<") && right.text.includes(">")) ill("type arguments");
}
