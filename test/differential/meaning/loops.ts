import {
  type BoolExpr,
  boolAt,
  conversion,
  ill,
  literal,
  type NumberExpr,
  numberAt,
  type Place,
} from "./expressions.js";
import { type Jump, load, type Machine, partOf, store } from "./machine.js";
import { binary } from "./operators.js";
import { type Block, bodyAt, done, linesOf, runBlock, type Statement } from "./statements.js";
import { ints, isScalar } from "./types.js";

/** What a jump inside a loop's body means for the loop. */
function afterRound(jump: Jump | null, label: string | null): "next" | "end" | Jump {
  if (!jump) return "next";
  if (jump.kind === "return" || (jump.label !== null && jump.label !== label)) return jump;
  return jump.kind === "break" ? "end" : "next";
}

/** Rounds until the body or `again` ends it. */
export function rounds(m: Machine, label: string | null, body: Block, again: () => boolean): Jump | null {
  do {
    const after = afterRound(runBlock(m, body), label);
    if (after === "end") return done;
    if (after !== "next") return after;
  } while (again());
  return done;
}

export const labelled = (label: string | null, head: string): string =>
  label === null ? head : `${label}: ${head}`;

/** `for (let i = 0; i < n; i++)`. */
export function forLoop(counter: string, label: string | null, limit: NumberExpr, body: Block): Statement {
  if (limit.text.includes(">")) ill("type arguments");
  const mask = 7n;
  const bound = limit.constant === null ? `(${limit.text} & ${mask})` : limit.text;
  const boundOf = (m: Machine): bigint =>
    limit.constant === null ? BigInt.asUintN(64, limit.value(m)) & mask : limit.constant;
  return {
    lines: [
      labelled(label, `for (let ${counter} = 0; ${counter} < ${bound}; ${counter}++) {`),
      ...linesOf(body),
      "}",
    ],
    parts: [limit],
    bodies: [body],
    rebuild: (p, b) => forLoop(counter, label, numberAt(p, 0), bodyAt(b, 0)),
    run: (m) => {
      m.declare(counter, ints.i64, 0n);
      // The bound is part of the condition: computed for each round.
      const inside = (): boolean => m.scalar(counter) < boundOf(m);
      if (!inside()) return done;
      return rounds(m, label, body, () => {
        store(m.local(counter), m.scalar(counter) + 1n);
        return inside();
      });
    },
  };
}

/** `while (n > 0 && c) { n--; … }`, with `n` of its own. */
export function whileLoop(
  counter: string,
  label: string | null,
  count: number,
  condition: BoolExpr,
  body: Block,
): Statement {
  return {
    lines: [
      `let ${counter}: u32 = ${count};`,
      labelled(label, `while (${counter} > 0 && ${condition.text}) {`),
      `  ${counter}--;`,
      ...linesOf(body),
      "}",
    ],
    parts: [condition],
    bodies: [body],
    rebuild: (p, b) => whileLoop(counter, label, count, boolAt(p, 0), bodyAt(b, 0)),
    run: (m) => {
      m.declare(counter, ints.u32, BigInt(count));
      const inside = (): boolean => {
        if (m.scalar(counter) === 0n || condition.value(m) === 0n) return false;
        store(m.local(counter), m.scalar(counter) - 1n);
        return true;
      };
      return inside() ? rounds(m, label, body, inside) : done;
    },
  };
}

/** `do { n += 1; … } while (n < count);` */
export function doLoop(counter: string, label: string | null, count: number, body: Block): Statement {
  return {
    lines: [
      `let ${counter}: i32 = 0;`,
      labelled(label, "do {"),
      `  ${counter} += 1;`,
      ...linesOf(body),
      `} while (${counter} < ${count});`,
    ],
    parts: [],
    bodies: [body],
    rebuild: (_, b) => doLoop(counter, label, count, bodyAt(b, 0)),
    run: (m) => {
      m.declare(counter, ints.i32, 1n);
      return rounds(m, label, body, () => {
        if (m.scalar(counter) >= BigInt(count)) return false;
        store(m.local(counter), m.scalar(counter) + 1n);
        return true;
      });
    },
  };
}

export const declaration = (label: string | null, head: string, body: Block): readonly string[] => [
  labelled(label, `${head} {`),
  ...linesOf(body),
  "}",
];

/** `for (const i of range(a, b))`: counts in i32; the bounds are computed once. They stay within -8 … 23. */
export function rangeLoop(
  counter: string,
  label: string | null,
  from: NumberExpr,
  to: NumberExpr,
  body: Block,
): Statement {
  const low = bounded(from, 15n, 8n);
  const high = bounded(to, 15n, 0n);
  return {
    lines: declaration(label, `for (const ${counter} of range(${low.text}, ${high.text}))`, body),
    parts: [from, to],
    bodies: [body],
    rebuild: (p, b) => rangeLoop(counter, label, numberAt(p, 0), numberAt(p, 1), bodyAt(b, 0)),
    run: (m) => {
      let at = low.value(m);
      const end = high.value(m);
      if (at >= end) return done;
      m.declare(counter, ints.i32, at);
      return rounds(m, label, body, () => {
        at += 1n;
        if (at >= end) return false;
        m.declare(counter, ints.i32, at);
        return true;
      });
    },
  };
}

/** A count that is small whatever the number is: `((i32(n) & mask) - less)`. */
function bounded(number: NumberExpr, mask: bigint, less: bigint): NumberExpr {
  if (number.constant !== null) return literal((number.constant & mask) - less);
  const masked = binary("&", conversion(ints.i32, number), literal(mask));
  return less === 0n ? masked : binary("-", masked, literal(less));
}

/** `for (const x of array)`: scalars are copied, the others are references. */
export function arrayLoop(name: string, label: string | null, array: Place, body: Block): Statement {
  const { type } = array;
  if (type.kind !== "array") return ill("no array");
  const { element } = type;
  return {
    lines: declaration(label, `for (const ${name} of ${array.text})`, body),
    parts: array.parts,
    bodies: [body],
    rebuild: (p, b) => arrayLoop(name, label, array.rebuild(p), bodyAt(b, 0)),
    run: (m) => {
      const cell = array.cell(m);
      let at = 0;
      const next = (): boolean => {
        if (at >= type.length) return false;
        const part = partOf(cell, at++);
        if (isScalar(element)) m.declare(name, element, load(part));
        else m.locals.set(name, part);
        return true;
      };
      return next() ? rounds(m, label, body, next) : done;
    },
  };
}
