// Statements of the dialect: each is made by a function here, which knows its text and, by the dialect page, what it does.
import {
  type BoolExpr,
  boolAt,
  type Expr,
  fitted,
  ill,
  type NumberExpr,
  narrow,
  numberAt,
  type Place,
} from "./expressions.js";
import { copyCell, type Jump, type Machine, store } from "./machine.js";
import { type DataType, type IntType, ints, isScalar, type ScalarType } from "./types.js";

export interface Statement {
  readonly lines: readonly string[];
  readonly parts: readonly Expr[];
  readonly bodies: readonly Block[];
  rebuild(parts: readonly Expr[], bodies: readonly Block[]): Statement;
  run(m: Machine): Jump | null;
}
export type Block = readonly Statement[];

export const linesOf = (block: Block): readonly string[] =>
  block.flatMap((statement) => statement.lines).map((line) => `  ${line}`);

export function runBlock(m: Machine, block: Block): Jump | null {
  for (const statement of block) {
    const jump = statement.run(m);
    if (jump) return jump;
  }
  return null;
}

const bodyAt = (bodies: readonly Block[], i: number): Block => bodies[i] ?? [];
/** A statement without statements inside. */
const simple = (
  line: string,
  parts: readonly Expr[],
  rebuild: (parts: readonly Expr[]) => Statement,
  run: (m: Machine) => Jump | null,
): Statement => ({ lines: [line], parts, bodies: [], rebuild: (p) => rebuild(p), run });
const done = null;

export const expressionStatement = (expr: Expr): Statement =>
  simple(
    `${expr.text};`,
    [expr],
    ([e]) => expressionStatement(e ?? ill("nothing")),
    (m) => {
      expr.value(m);
      return done;
    },
  );

/** `let x: u8 = …`, or without its type: the declared one of its initialiser, else i64 or u64. */
export function variable(name: string, type: ScalarType, init: Expr, annotated: boolean): Statement {
  if (!annotated && variableType(init) !== type) ill("another type");
  const value = annotated ? fitted(type, init) : init;
  return simple(
    `let ${name}${annotated ? `: ${type.name}` : ""} = ${value.text};`,
    [init],
    ([e]) => variable(name, type, e ?? ill("nothing"), annotated),
    (m) => {
      m.declare(name, type, value.value(m));
      return done;
    },
  );
}

/** The type of an unannotated variable, section 10; null where the page leaves it open. */
export function variableType(init: Expr): IntType | null {
  if (init.kind === "boolean") return null;
  if (init.constant !== null) return ints.i64;
  // To TypeScript an assignment has the type of its right side, to the dialect that of its place.
  if (/^\(\S+ = /.test(init.text)) return null;
  const [declared, ...others] = init.declared;
  if (declared && others.length === 0 && !init.text.includes(" ? ")) return declared;
  return init.declared.length === 0 && !init.text.includes(" ? ") ? init.computed : null;
}

/** `const r = place`: another name for an aggregate. */
export const alias = (name: string, place: Place): Statement =>
  simple(
    `const ${name} = ${place.text};`,
    place.parts,
    (p) => alias(name, place.rebuild(p)),
    (m) => {
      m.locals.set(name, place.cell(m));
      return done;
    },
  );

/** `const v = new S()`, or `zeroed<T>()`. */
export const object = (name: string, type: DataType): Statement =>
  simple(
    type.kind === "struct"
      ? `const ${name} = new ${type.name}();`
      : `const ${name} = zeroed<${type.name}>();`,
    [],
    () => object(name, type),
    (m) => {
      m.make(name, type);
      return done;
    },
  );

/** `const v: S = { a: 1, … }`: the rest is zero. */
export function objectLiteral(
  name: string,
  type: DataType & { kind: "struct" },
  values: readonly { readonly field: string; readonly value: Expr }[],
): Statement {
  const fits = values.map(({ field, value }) => {
    const index = type.fields.findIndex((f) => f.name === field);
    const found = type.fields[index];
    if (!found || !isScalar(found.type)) return ill("no scalar field");
    return { field, index, value: narrow(found.type, found.bits !== null, value) };
  });
  return simple(
    `const ${name}: ${type.name} = { ${fits.map(({ field, value }) => `${field}: ${value.text}`).join(", ")} };`,
    values.map(({ value }) => value),
    (p) =>
      objectLiteral(
        name,
        type,
        values.map(({ field }, i) => ({ field, value: p[i] ?? ill("nothing") })),
      ),
    (m) => {
      const cell = m.make(name, type);
      for (const { index, value } of fits) {
        const part = cell.kind === "aggregate" ? cell.parts[index] : undefined;
        if (part) store(part, value.value(m));
      }
      return done;
    },
  );
}

/** Assigning to a field of class or array type copies, and so does `copy`. */
export function copyStatement(target: Place, source: Place, byCall: boolean): Statement {
  if (target.type !== source.type) ill("other types");
  const count = target.parts.length;
  return simple(
    byCall ? `copy(${target.text}, ${source.text});` : `${target.text} = ${source.text};`,
    [...target.parts, ...source.parts],
    (p) => copyStatement(target.rebuild(p.slice(0, count)), source.rebuild(p.slice(count)), byCall),
    (m) => {
      const to = target.cell(m);
      copyCell(to, source.cell(m));
      return done;
    },
  );
}

export function branch(condition: BoolExpr, yes: Block, no: Block): Statement {
  return {
    lines: [
      `if (${condition.text}) {`,
      ...linesOf(yes),
      ...(no.length > 0 ? ["} else {", ...linesOf(no)] : []),
      "}",
    ],
    parts: [condition],
    bodies: [yes, no],
    rebuild: (p, b) => branch(boolAt(p, 0), bodyAt(b, 0), bodyAt(b, 1)),
    run: (m) => runBlock(m, condition.value(m) ? yes : no),
  };
}

export interface Case {
  /** Null is `default`. */
  readonly value: bigint | null;
  /** False: it falls through. */
  readonly leaves: boolean;
}

/** Equal as mathematical integers are. */
export function choice(subject: NumberExpr, cases: readonly Case[], bodies: readonly Block[]): Statement {
  if (subject.constant !== null || subject.known) ill("a constant");
  return {
    lines: [
      `switch (${subject.text}) {`,
      ...cases.flatMap(({ value, leaves }, i) => [
        `  ${value === null ? "default" : `case ${value}`}: {`,
        ...linesOf(bodyAt(bodies, i)).map((line) => `  ${line}`),
        ...(leaves ? ["    break;"] : []),
        "  }",
      ]),
      "}",
    ],
    parts: [subject],
    bodies,
    rebuild: (p, b) => choice(numberAt(p, 0), cases, b),
    run: (m) => {
      const value = subject.value(m);
      const match = cases.findIndex((c) => c.value === value);
      const first = match >= 0 ? match : cases.findIndex((c) => c.value === null);
      if (first < 0) return done;
      for (let i = first; i < cases.length; i++) {
        const jump = runBlock(m, bodyAt(bodies, i));
        if (jump?.kind === "break" && jump.label === null) return done;
        if (jump) return jump;
        if (cases[i]?.leaves) return done;
      }
      return done;
    },
  };
}

/** What a jump inside a loop's body means for the loop. */
function afterRound(jump: Jump | null, label: string | null): "next" | "end" | Jump {
  if (!jump) return "next";
  if (jump.kind === "return" || (jump.label !== null && jump.label !== label)) return jump;
  return jump.kind === "break" ? "end" : "next";
}

/** Rounds until the body or `again` ends it. */
function rounds(m: Machine, label: string | null, body: Block, again: () => boolean): Jump | null {
  do {
    const after = afterRound(runBlock(m, body), label);
    if (after === "end") return done;
    if (after !== "next") return after;
  } while (again());
  return done;
}

const labelled = (label: string | null, head: string): string =>
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

/** `if (c) break;`, `if (c) continue outer;` */
export const jump = (kind: "break" | "continue", label: string | null, condition: BoolExpr): Statement =>
  simple(
    `if (${condition.text}) ${kind}${label === null ? "" : ` ${label}`};`,
    [condition],
    (p) => jump(kind, label, boolAt(p, 0)),
    (m) => (condition.value(m) ? { kind, label } : done),
  );

export function earlyReturn(type: ScalarType, condition: BoolExpr, value: Expr): Statement {
  const returned = fitted(type, value);
  return simple(
    `if (${condition.text}) return ${returned.text};`,
    [condition, value],
    (p) => earlyReturn(type, boolAt(p, 0), p[1] ?? ill("nothing")),
    (m) => (condition.value(m) ? { kind: "return", value: returned.value(m) } : done),
  );
}
