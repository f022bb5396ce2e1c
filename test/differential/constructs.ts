// What is generated, a row for each construct. A new one: a function that makes it (`expressions.ts`, `statements.ts`),
// with its value by the dialect page, and a row here.
import {
  assign,
  type BoolExpr,
  binary,
  boolOf,
  comparison,
  conditional,
  converted,
  type Expr,
  literal,
  logical,
  modify,
  type NumberExpr,
  nonZero,
  not,
  numberOf,
  type Operator,
  operatorNames,
  read,
  relationNames,
  step,
  truth,
  unary,
} from "./expressions.js";
import { call } from "./functions.js";
import type { Construct, Generator, PlaceConstruct } from "./generator.js";
import { boundedElement, constantElement, field } from "./places.js";
import {
  alias,
  type Block,
  branch,
  type Case,
  choice,
  copyStatement,
  doLoop,
  earlyReturn,
  expressionStatement,
  forLoop,
  jump,
  object,
  objectLiteral,
  type Statement,
  variable,
  variableType,
  whileLoop,
} from "./statements.js";
import { allInts, bool, type DataType, ints, isScalar, narrowed } from "./types.js";
import { interesting } from "./values.js";

const number = (type: DataType): boolean => type.kind === "int";
const boolean = (type: DataType): boolean => type.kind === "bool";
const aggregate = (type: DataType): boolean => !isScalar(type);

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
    name: "conditional",
    weight: 4,
    make: (g) => numberOf(conditional(g.boolean(), g.number(), g.number())),
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
];

function compound(g: Generator): NumberExpr | null {
  const place = g.place(number, true);
  const op = g.pick(operatorNames);
  return place && numberOf(modify(op, place, operand(g, op)));
}

function stepped(g: Generator): NumberExpr | null {
  const place = g.place(number, true);
  return place && numberOf(step(place, g.pick([1n, -1n]), g.chance(0.5)));
}

function called(g: Generator): NumberExpr | null {
  if (g.functions.length === 0) return null;
  const signature = g.pick(g.functions);
  if (signature.kind === "method" && !g.isMethod) return null;
  const args = signature.params.map(({ type }) => {
    if (isScalar(type)) return g.value(type);
    // Without an index inside: the argument is a place, and calls have only values as parts.
    for (let attempt = 0; attempt < 4; attempt++) {
      const place = g.place((t) => t === type, true);
      if (place && place.parts.length === 0) return place;
    }
    return null;
  });
  return args.every((arg) => arg !== null) ? call(signature, args) : null;
}

export const booleans: readonly Construct<BoolExpr>[] = [
  {
    name: "comparison",
    weight: 12,
    make: (g) => comparison(g.pick(relationNames), g.number(), g.number()),
  },
  {
    name: "comparison of booleans",
    weight: 1,
    make: (g) => comparison(g.pick(["===", "!=="]), g.boolean(), g.boolean()),
  },
  { name: "logical", weight: 4, make: (g) => logical(g.pick(["&&", "||"]), g.boolean(), g.boolean()) },
  { name: "not", weight: 2, make: (g) => not(g.boolean()) },
  { name: "number as truth", weight: 2, make: (g) => nonZero(g.varying()) },
  {
    name: "read",
    weight: 3,
    make: (g) => {
      const place = g.place(boolean, false);
      return place && boolOf(read(place));
    },
  },
  {
    name: "conditional",
    weight: 1,
    make: (g) => boolOf(conditional(g.boolean(), g.boolean(), g.boolean())),
  },
];

/** Parts of an aggregate, of those that `leads` accepts. */
export const places: readonly PlaceConstruct[] = [
  {
    name: "field",
    weight: 4,
    make: (g, base, leads) =>
      base.type.kind === "struct"
        ? field(base, g.pick(base.type.fields.filter(({ type }) => leads(type))).name)
        : null,
  },
  {
    name: "element at a constant",
    weight: 2,
    make: (g, base) => (base.type.kind === "array" ? constantElement(base, g.below(base.type.length)) : null),
  },
  {
    name: "element at a bounded index",
    weight: 3,
    make: (g, base) =>
      base.type.kind === "array" ? boundedElement(base, g.index(), g.pick(["mask", "remainder"])) : null,
  },
];

/** Not more than so many blocks in one another. */
const MAX_NESTING = 2;
const MAX_LOOPS = 2;

const deepEnough = (g: Generator): boolean => g.nesting >= MAX_NESTING;

/** Statements of a block of their own. */
const block = (g: Generator, most = 2): Block => g.scoped(() => statementsOf(g, 1 + g.below(most)));

export function statementsOf(g: Generator, count: number): Block {
  return Array.from({ length: count }, () =>
    g.from(statements, () => expressionStatement(assignment(g) ?? truth(true))),
  ).filter((statement) => statement.lines[0] !== "true;");
}

function assignment(g: Generator): Expr | null {
  const place = g.place(isScalar, true);
  return place && isScalar(place.type) ? assign(place, g.value(place.type)) : null;
}

/** A loop's body, with the name of its counter and perhaps a label. */
function loopOf(
  g: Generator,
  type: DataType,
  make: (counter: string, label: string | null, body: () => Block) => Statement,
): Statement | null {
  if (deepEnough(g) || g.loops.length >= MAX_LOOPS) return null;
  const counter = g.name("n");
  const label = g.chance(0.3) ? g.name("loop") : null;
  const body = (): Block => {
    const { loops } = g;
    g.loops = [...loops, label];
    try {
      return g.scoped(() => {
        g.inSwitch = false;
        g.declare(counter, type, false);
        return statementsOf(g, 1 + g.below(2));
      });
    } finally {
      g.loops = loops;
    }
  };
  return make(counter, label, body);
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
  expression("call", 2, called),
  {
    name: "variable",
    weight: 10,
    make: (g) => {
      const type = g.chance(0.1) ? bool : g.pick(allInts);
      const made = variable(g.name("v"), type, g.value(type), true);
      return declared(g, made, type);
    },
  },
  {
    name: "variable without a type",
    weight: 4,
    make: (g) => {
      const init = g.number();
      const type = variableType(init);
      return type && declared(g, variable(g.name("v"), type, init, false), type);
    },
  },
  {
    name: "object",
    weight: 3,
    make: (g) => {
      const type = g.pick<DataType>([...g.structs, ...g.arrays]);
      if (!g.takes(type)) return null;
      return declared(g, object(g.name("o"), type), type);
    },
  },
  {
    name: "object literal",
    weight: 2,
    make: (g) => {
      // TypeScript wants every field.
      const type = g.pick(g.structs.filter(({ fields }) => fields.every((f) => isScalar(f.type))));
      if (!g.takes(type)) return null;
      const values = type.fields.flatMap(({ name, type }) =>
        isScalar(type) ? [{ field: name, value: g.value(type) }] : [],
      );
      return declared(g, objectLiteral(g.name("o"), type, values), type);
    },
  },
  {
    name: "reference",
    weight: 2,
    make: (g) => {
      const place = g.place(aggregate, true);
      return place && declared(g, alias(g.name("r"), place), place.type);
    },
  },
  {
    name: "copy",
    weight: 4,
    make: (g) => {
      const target = g.place(aggregate, true);
      const source = target && g.place((type) => type === target.type, true);
      // Only fields and elements are assigned to as copies: a variable is a reference.
      const embedded = target !== null && /[.\]][^.]*$/.test(target.text);
      return target && source && copyStatement(target, source, !embedded || g.chance(0.5));
    },
  },
  {
    name: "if",
    weight: 8,
    make: (g) => (deepEnough(g) ? null : branch(g.boolean(), block(g), g.chance(0.5) ? block(g) : [])),
  },
  { name: "switch", weight: 4, make: (g) => (deepEnough(g) ? null : switched(g)) },
  {
    name: "for",
    weight: 4,
    make: (g) =>
      loopOf(g, ints.i64, (counter, label, body) =>
        forLoop(counter, label, g.chance(0.7) ? literal(BigInt(1 + g.below(6))) : g.varying(), body()),
      ),
  },
  {
    name: "while",
    weight: 2,
    make: (g) =>
      loopOf(g, ints.u32, (counter, label, body) =>
        whileLoop(counter, label, 1 + g.below(6), g.boolean(), body()),
      ),
  },
  {
    name: "do",
    weight: 2,
    make: (g) =>
      loopOf(g, ints.i32, (counter, label, body) => doLoop(counter, label, 1 + g.below(6), body())),
  },
  {
    name: "jump",
    weight: 4,
    make: (g) => {
      if (g.loops.length === 0) return null;
      const kind = g.pick(["break", "continue"] as const);
      const label = g.chance(0.4) ? g.pick(g.loops) : null;
      // In a switch, a break without a label would leave the switch: that is a jump too.
      return jump(kind, label, g.boolean());
    },
  },
  {
    name: "return",
    weight: 1,
    make: (g) => earlyReturn(g.returns, g.boolean(), g.value(g.returns)),
  },
];

function declared(g: Generator, statement: Statement, type: DataType): Statement {
  const name = /^(?:let|const) (\w+)/.exec(statement.lines[0] ?? "")?.[1];
  if (name === undefined) throw new Error("no declaration");
  g.declare(name, type);
  return statement;
}

function switched(g: Generator): Statement {
  const subject = g.chance(0.4) ? binary("&", g.varying(), literal(3n)) : g.varying();
  const values = new Set<bigint>();
  for (let i = 0; i < 1 + g.below(4); i++)
    values.add(
      g.chance(0.7)
        ? BigInt(g.below(4))
        : narrowed(
            ints.i64,
            interesting(ints.i64, (n) => g.below(n)),
          ),
    );
  const cases: Case[] = [...values].map((value) => ({ value, leaves: g.chance(0.6) }));
  if (g.chance(0.6)) cases.splice(g.below(cases.length + 1), 0, { value: null, leaves: g.chance(0.6) });
  const bodies = cases.map(() =>
    g.scoped(() => {
      g.inSwitch = true;
      return statementsOf(g, 1 + g.below(2));
    }),
  );
  return choice(subject, cases, bodies);
}
