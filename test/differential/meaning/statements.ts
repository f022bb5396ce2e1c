// Statements of the dialect: each is made by a function here, which knows its text and, by the dialect page, what it does.
import { type BoolExpr, boolAt, type Expr, fitted, ill, narrow, type Place } from "./expressions.js";
import { copyCell, type Jump, load, type Machine, partOf, store } from "./machine.js";
import { field } from "./places.js";
import { type DataType, holds, type IntType, ints, isScalar, type ScalarType, same } from "./types.js";

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

export const bodyAt = (bodies: readonly Block[], i: number): Block => bodies[i] ?? [];
/** A statement without statements inside. */
export const simple = (
  line: string,
  parts: readonly Expr[],
  rebuild: (parts: readonly Expr[]) => Statement,
  run: (m: Machine) => Jump | null,
): Statement => ({ lines: [line], parts, bodies: [], rebuild: (p) => rebuild(p), run });
export const done = null;

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
  if (init.kind !== "number") return null;
  if (init.constant !== null) return holds(ints.i64, init.constant) ? ints.i64 : ints.u64;
  // To TypeScript an assignment has the type of its right side, to the dialect that of its place.
  if (/^\(\S+ = /.test(init.text)) return null;
  const [declared, ...others] = init.declared;
  if (declared?.parameter) return null;
  // One side of a choice may be a plain number, which TypeScript takes for the whole.
  if (/ \?\??(?= )/.test(init.text)) return null;
  if (declared && others.length === 0) return declared;
  return init.declared.length === 0 ? init.computed : null;
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
      for (const { index, value } of fits) store(partOf(cell, index), value.value(m));
      return done;
    },
  );
}

/** Assigning to a field of class or array type copies, and so does `copy`. */
export function copyStatement(target: Place, source: Place, byCall: boolean): Statement {
  if (!same(target.type, source.type)) ill("other types");
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

/** `return;`, out of a closure that gives nothing. */
export const emptyReturn = (condition: BoolExpr): Statement =>
  simple(
    `if (${condition.text}) return;`,
    [condition],
    (p) => emptyReturn(boolAt(p, 0)),
    (m) => (condition.value(m) ? { kind: "return", value: 0n } : done),
  );

/** `block: { … break block; … }` */
export const labelledBlock = (label: string, body: Block): Statement => ({
  lines: [`${label}: {`, ...linesOf(body), "}"],
  parts: [],
  bodies: [body],
  rebuild: (_, b) => labelledBlock(label, bodyAt(b, 0)),
  run: (m) => {
    const jump = runBlock(m, body);
    return jump?.kind === "break" && jump.label === label ? done : jump;
  },
});

/** `const { f0: v, f1: w } = place;`: copies of scalars. */
export function destructured(
  names: readonly { readonly field: string; readonly name: string }[],
  place: Place,
): Statement {
  const fields = names.map(({ field: name }) => field(place, name));
  if (fields.some(({ type, bitField }) => !isScalar(type) || bitField)) ill("no scalar field");
  return simple(
    `const { ${names.map(({ field, name }) => `${field}: ${name}`).join(", ")} } = ${place.text};`,
    place.parts,
    (p) => destructured(names, place.rebuild(p)),
    (m) => {
      const base = place.cell(m);
      for (const [i, { name }] of names.entries()) {
        const { type } = fields[i] ?? ill("no field");
        const part = field({ ...place, cell: () => base }, names[i]?.field ?? "");
        if (isScalar(type)) m.declare(name, type, load(part.cell(m)));
      }
      return done;
    },
  );
}
