import { ill, is64u, literal, type NumberExpr, noTypeArguments, numberAt } from "./expressions.js";
import { wrap } from "./machine.js";
import { holds, type IntType, ints } from "./types.js";

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
export function computedOf(op: Operator, left: NumberExpr, right: NumberExpr): IntType {
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

export const calculate = (op: Operator, computed: IntType, a: bigint, b: bigint): bigint =>
  wrap(computed, operators[op](wrap(computed, a), isShift(op) ? b : wrap(computed, b)));

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
