import type { Expr } from "./model/expressions.js";
import type { Type } from "./model/types.js";

/** The least and the greatest value that an integer expression can have, as a mathematical integer. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

export const I64: Range = { min: -(1n << 63n), max: (1n << 63n) - 1n };
export const U64: Range = { min: 0n, max: (1n << 64n) - 1n };

export function rangeOfBits(width: number, signed: boolean): Range {
  const bits = BigInt(width);
  return signed
    ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n }
    : { min: 0n, max: (1n << bits) - 1n };
}

export function rangeOfType(type: Type): Range {
  switch (type.kind) {
    case "int":
    case "enum":
      return rangeOfBits(type.bits, type.signed);
    case "bool":
      return { min: 0n, max: 1n };
    default:
      return U64;
  }
}

// Math.min and Math.max do not take a bigint.
function least(x: bigint, y: bigint): bigint {
  if (x < y) return x;
  return y;
}
function greatest(x: bigint, y: bigint): bigint {
  if (x > y) return x;
  return y;
}

const within = (inner: Range, outer: Range): boolean => inner.min >= outer.min && inner.max <= outer.max;

const textSize = ({ type }: Expr): number =>
  type.kind === "ptr" && type.to.kind === "str" ? type.to.length : 0;

/** What something else than its form tells of an expression; null leaves it to the form. */
export type Lookup = (expr: Expr) => Range | null;

/** What is known of an expression from its form, and from `lookup`. Never narrower than the truth. */
export function rangeOf(expr: Expr, lookup: Lookup = () => null): Range {
  const whole = rangeOfType(expr.type);
  const told = lookup(expr);
  if (told) return told;
  switch (expr.kind) {
    case "int":
      return { min: expr.value, max: expr.value };
    case "convert": {
      const from = rangeOf(expr.operand, lookup);
      return within(from, whole) ? from : whole;
    }
    case "conditional": {
      const a = rangeOf(expr.whenTrue, lookup);
      const b = rangeOf(expr.whenFalse, lookup);
      const both = { min: least(a.min, b.min), max: greatest(a.max, b.max) };
      return within(both, whole) ? both : whole;
    }
    case "binary": {
      const result = binaryRange(expr.op, rangeOf(expr.left, lookup), rangeOf(expr.right, lookup));
      return result && within(result, whole) ? result : whole;
    }
    case "atMost": {
      const from = rangeOf(expr.operand);
      return { min: from.min < expr.most ? from.min : expr.most, max: expr.most };
    }
    case "size":
      return rangeOf(expr.operand, lookup);
    case "sequence": {
      // What was told before its statements may no longer hold after them.
      const last = rangeOf(expr.value);
      return within(last, whole) ? last : whole;
    }
    case "log2":
      return { min: 0n, max: 63n };
    case "textLength":
      return { min: 0n, max: BigInt(textSize(expr.text)) };
    default:
      return whole;
  }
}

function binaryRange(op: string, a: Range, b: Range): Range | null {
  switch (op) {
    case "+":
      return { min: a.min + b.min, max: a.max + b.max };
    case "-":
      return { min: a.min - b.max, max: a.max - b.min };
    case "*": {
      const products = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
      return {
        min: products.reduce(least),
        max: products.reduce(greatest),
      };
    }
    case "&":
      // A non-negative operand clears the sign and bounds the result.
      if (a.min >= 0n && b.min >= 0n) return { min: 0n, max: least(a.max, b.max) };
      if (b.min >= 0n) return { min: 0n, max: b.max };
      if (a.min >= 0n) return { min: 0n, max: a.max };
      return null;
    case "|":
    case "^":
      if (a.min >= 0n && b.min >= 0n) {
        const top = greatest(a.max, b.max);
        return { min: 0n, max: (1n << BigInt(top.toString(2).length)) - 1n };
      }
      return null;
    case "%":
      if (a.min >= 0n && b.min > 0n) return { min: 0n, max: least(a.max, b.max - 1n) };
      return null;
    case "/":
      if (a.min >= 0n && b.min >= 0n) return { min: 0n, max: a.max };
      return null;
    case ">>":
    case ">>>":
      if (a.min >= 0n && b.min === b.max && b.min >= 0n && b.min < 64n)
        return { min: a.min >> b.min, max: a.max >> b.min };
      return a.min >= 0n ? { min: 0n, max: a.max } : null;
    case "<<":
      if (a.min >= 0n && b.min === b.max && b.min >= 0n && b.min < 64n)
        return { min: a.min << b.min, max: a.max << b.min };
      return null;
    default:
      return null;
  }
}
