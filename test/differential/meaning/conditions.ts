// Truths, and what they choose.
import {
  type BoolExpr,
  boolAt,
  boolOf,
  type EnumExpr,
  type Expr,
  enumOf,
  ill,
  is64u,
  type NumberExpr,
  noTypeArguments,
  numberAt,
  numberOf,
} from "./expressions.js";
import type { Machine } from "./machine.js";
import { holds, ints } from "./types.js";

export function conditional(condition: BoolExpr, yes: Expr, no: Expr): Expr {
  const text = `(${condition.text} ? ${yes.text} : ${no.text})`;
  const value = (m: Machine): bigint => (condition.value(m) ? yes.value(m) : no.value(m));
  const parts = [condition, yes, no];
  const known = yes.known === true && no.known === true;
  const narrows = [yes, no].some((side) => side.known === true || side.narrows === true);
  if (yes.kind === "enum" || no.kind === "enum") {
    const { type } = yes.kind === "enum" ? yes : numberless(no);
    enumOf(type, yes);
    enumOf(type, no);
    const rebuild = (p: readonly Expr[]): EnumExpr =>
      enumOf(type, conditional(boolAt(p, 0), p[1] ?? ill(""), p[2] ?? ill("")));
    return { kind: "enum", type, text, parts, narrows: true, rebuild, value };
  }
  if (yes.kind === "boolean" || no.kind === "boolean") {
    const rebuild = (p: readonly Expr[]): BoolExpr =>
      boolOf(conditional(boolAt(p, 0), boolAt(p, 1), boolAt(p, 2)));
    boolOf(yes);
    boolOf(no);
    return { kind: "boolean", text, parts, known, narrows, rebuild, value };
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
    narrows,
    rebuild,
    value,
  };
}
const numberless = (expr: Expr): EnumExpr => (expr.kind === "enum" ? expr : ill("not of an enum"));

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
  if (left.kind === "enum" && right.kind === "enum" && left.type !== right.type) ill("other enums");
  noTypeArguments(op, right);
  const equality = op === "===" || op === "!==";
  if (left.kind === "boolean" && !equality) ill("booleans have no order");
  if (left.known && right.known) ill("two constants");
  const literals = [left, right].filter((side) => side.known || side.narrows).length;
  // After `x = false`, TypeScript takes x for false: against it, or against what may be a literal too, it complains.
  if (equality && literals === 2) ill("TypeScript may know both");
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
    narrows: left.narrows === true || right.narrows === true,
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
  narrows: operand.narrows === true,
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
