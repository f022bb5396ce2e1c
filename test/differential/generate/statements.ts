import { assign } from "../meaning/assignments.js";
import type { Expr } from "../meaning/expressions.js";
import {
  alias,
  type Block,
  branch,
  copyStatement,
  destructured,
  earlyReturn,
  emptyReturn,
  expressionStatement,
  jump,
  labelledBlock,
  object,
  objectLiteral,
  type Statement,
  variable,
  variableType,
} from "../meaning/statements.js";
import { bool, type DataType, isScalar, same } from "../meaning/types.js";
import { called } from "./calls.js";
import type { Construct, Generator } from "./generator.js";
import { loops } from "./loops.js";
import { atomicStatement, compound, mapUpdate, stepped } from "./numbers.js";
import { switched } from "./switch.js";

const aggregate = (type: DataType): boolean => !isScalar(type);

/** Statements of a block of their own. */
const block = (g: Generator, most = 2): Block => g.scoped(() => g.statements(1 + g.below(most)));

function assignment(g: Generator): Expr | null {
  const place = g.place(isScalar, true);
  if (!place || !isScalar(place.type)) return null;
  const value = g.value(place.type);
  if (place.type.kind === "enum") g.touched.add(place.text);
  return assign(place, value);
}

const expression = (
  name: string,
  weight: number,
  make: (g: Generator) => Expr | null,
): Construct<Statement> => ({
  name,
  weight,
  make: (g) => {
    const made = make(g);
    return made && expressionStatement(made);
  },
});

export const statements: readonly Construct<Statement>[] = [
  expression("assignment", 24, assignment),
  expression("compound assignment", 10, compound),
  expression("step", 4, stepped),
  expression("call", 3, called),
  expression("atomic", 2, atomicStatement),
  expression("update", 1, mapUpdate),
  {
    name: "variable",
    weight: 10,
    make: (g) => {
      const type = g.chance(0.1)
        ? bool
        : g.enums.length > 0 && g.chance(0.08)
          ? g.pick(g.enums)
          : g.integer();
      const name = g.name("v");
      g.touched.add(name);
      return declared(g, variable(name, type, g.value(type), true), name, type);
    },
  },
  {
    name: "variable without a type",
    weight: 4,
    make: (g) => {
      const init = g.number();
      const type = variableType(init);
      const name = g.name("v");
      // Arithmetic is TypeScript's plain number.
      const plain = init.declared.length === 0;
      return type && declared(g, variable(name, type, init, false), name, type, { plain });
    },
  },
  {
    name: "object",
    weight: 3,
    make: (g) => {
      const type = g.pick<DataType>([...g.structs, ...g.arrays]);
      if (!g.takes(type)) return null;
      const name = g.name("o");
      return declared(g, object(name, type), name, type);
    },
  },
  {
    name: "object literal",
    weight: 2,
    make: (g) => {
      // TypeScript wants every field.
      const type = g.pick(
        g.structs.filter(
          ({ fields, union, methods }) => !union && !methods && fields.every((f) => isScalar(f.type)),
        ),
      );
      if (!g.takes(type)) return null;
      const values = type.fields.flatMap(({ name, type }) =>
        isScalar(type) ? [{ field: name, value: g.value(type) }] : [],
      );
      const name = g.name("o");
      return declared(g, objectLiteral(name, type, values), name, type);
    },
  },
  {
    name: "reference",
    weight: 2,
    make: (g) => {
      const place = g.place(aggregate, true);
      const name = g.name("r");
      return place && declared(g, alias(name, place), name, place.type);
    },
  },
  {
    name: "copy",
    weight: 4,
    make: (g) => {
      const target = g.place(aggregate, true);
      const source = target && g.place((type) => same(type, target.type), true);
      // Only fields and elements are assigned to as copies: a variable is a reference.
      const embedded = target !== null && /[.\]][^.]*$/.test(target.text);
      // TypeScript takes `this` for a class that it does not know.
      if (target?.text === "this") return null;
      return target && source && copyStatement(target, source, !embedded || g.chance(0.5));
    },
  },
  {
    name: "if",
    weight: 8,
    make: (g) => (g.deep ? null : branch(g.condition(), block(g), g.chance(0.5) ? block(g) : [])),
  },
  { name: "switch", weight: 4, make: (g) => (g.deep ? null : switched(g)) },
  ...loops,
  {
    name: "labelled block",
    weight: 2,
    make: (g) => {
      if (g.deep) return null;
      const label = g.name("block");
      return labelledBlock(
        label,
        g.inside({ label, loop: false }, () => g.statements(1 + g.below(3))),
      );
    },
  },
  {
    name: "destructuring",
    weight: 2,
    make: (g) => {
      const place = g.place((type) => type.kind === "struct", false);
      if (place?.type.kind !== "struct") return null;
      const fields = place.type.fields.filter(
        ({ type, bits }) => isScalar(type) && bits === null && g.chance(0.6),
      );
      if (fields.length === 0) return null;
      const names = fields.map(({ name }) => ({ field: name, name: g.name("d") }));
      for (const [i, { type }] of fields.entries())
        g.declare(names[i]?.name ?? "", type, { writable: false });
      return destructured(names, place);
    },
  },
  { name: "jump", weight: 5, make: jumped },
  {
    name: "return",
    weight: 1,
    make: (g) =>
      g.returns ? earlyReturn(g.returns, g.condition(), g.value(g.returns)) : emptyReturn(g.condition()),
  },
];

function jumped(g: Generator): Statement | null {
  const labels = g.around.filter(({ label }) => label !== null);
  const named = g.chance(0.4) || g.around.every(({ loop }) => !loop);
  if (!named) return jump(g.pick(["break", "continue"] as const), null, g.condition());
  if (labels.length === 0) return g.inSwitch ? jump("break", null, g.condition()) : null;
  const { label, loop } = g.pick(labels);
  return jump(loop ? g.pick(["break", "continue"] as const) : "break", label, g.condition());
}

function declared(
  g: Generator,
  statement: Statement,
  name: string,
  type: DataType,
  { plain = false } = {},
): Statement {
  g.declare(name, type, { plain });
  return statement;
}
