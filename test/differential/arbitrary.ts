import fc, { type Random } from "fast-check";
import { booleans, numbers, places, statementsOf } from "./constructs.js";
import { type Func, func, type Signature } from "./functions.js";
import { Generator } from "./generator.js";
import { type Global, type Inputs, inputType, type Program } from "./program.js";
import { smaller } from "./shrink.js";
import {
  type ArrayType,
  allInts,
  arrayOf,
  bool,
  type DataType,
  type Field,
  ints,
  type StructType,
} from "./types.js";
import { interesting } from "./values.js";

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

function makeTypes(g: Generator): void {
  const scalar = (): DataType => (g.chance(0.1) ? bool : g.pick(allInts));
  const array = (element: DataType): ArrayType => arrayOf(element, g.pick([1, 2, 3, 4, 5, 8]));
  g.arrays = many(2, () => array(scalar()));
  g.structs = [];
  for (const i of [0, 1]) {
    const inner = (): DataType => g.pick<DataType>([...g.structs, ...g.arrays]);
    const fields = many(2 + g.below(5), (j): Field => {
      const name = `f${j}`;
      if (g.chance(0.25)) {
        const unit = g.pick(allInts);
        return { name, type: unit, bits: 1 + g.below(unit.bits) };
      }
      return { name, type: g.chance(0.25) ? inner() : scalar(), bits: null };
    });
    g.structs.push({ kind: "struct", name: `$S${i}`, fields } satisfies StructType);
  }
  if (g.chance(0.4)) g.arrays.push(array(g.pick(g.structs)));
}

function makeGlobals(g: Generator): Global[] {
  return many(3 + g.below(3), (i) => {
    const type = g.chance(0.4) ? g.pick<DataType>([...g.structs, ...g.arrays]) : g.pick(allInts);
    const initial = type.kind === "int" && g.chance(0.3) ? interesting(type, (n) => g.below(n)) : 0n;
    return { name: `$g${i}`, type, initial: initial > -(1n << 63n) ? initial : 0n };
  });
}

function makeFunction(g: Generator, i: number): Func {
  const kind = g.pick(["static", "global", "method"] as const);
  const aggregates = kind === "global" ? [] : [...g.structs, ...g.arrays];
  const params = many(g.below(5), (j) => ({
    name: `a${j}`,
    type: g.chance(0.25) && aggregates.length > 0 ? g.pick<DataType>(aggregates) : g.pick(allInts),
  }));
  const signature: Signature = { name: `$f${i}`, kind, params, returns: g.pick(allInts) };
  g.isMethod = kind === "method";
  g.returns = signature.returns;
  g.objectBytes = 80;
  g.variables = params.map((p) => ({ ...p, writable: true }));
  const body = statementsOf(g, 1 + g.below(3));
  const made = func(signature, body, g.number());
  g.functions.push(signature);
  return made;
}

export function makeProgram(random: Random): Program {
  const g = new Generator(random, { numbers, booleans, places });
  makeTypes(g);
  const globals = makeGlobals(g);
  g.globals = globals;
  const functions = many(g.below(3), (i) => makeFunction(g, i));
  g.isMethod = true;
  g.returns = ints.i32;
  g.objectBytes = 0;
  g.variables = [];
  const body = statementsOf(g, 2 + g.below(6));
  return { structs: g.structs, globals, functions, body, result: g.number() };
}

/** Programs, and smaller ones from them. */
class Programs extends fc.Arbitrary<Program> {
  override generate(random: Random): fc.Value<Program> {
    return new fc.Value(makeProgram(random), undefined);
  }
  override canShrinkWithoutContext(value: unknown): value is Program {
    return typeof value === "object" && value !== null && "body" in value;
  }
  override shrink(program: Program): fc.Stream<fc.Value<Program>> {
    return fc.stream(smaller(program)).map((value) => new fc.Value(value, undefined));
  }
}
export const programs: fc.Arbitrary<Program> = new Programs();

/** What a program is run with. */
class AllInputs extends fc.Arbitrary<Inputs> {
  override generate(random: Random): fc.Value<Inputs> {
    const below = (n: number): number => random.nextInt(0, n - 1);
    const values = inputType.fields.map(({ type }) => (type.kind === "int" ? interesting(type, below) : 0n));
    return new fc.Value(values, undefined);
  }
  override canShrinkWithoutContext(value: unknown): value is Inputs {
    return Array.isArray(value);
  }
  override shrink(): fc.Stream<fc.Value<Inputs>> {
    return fc.Stream.nil();
  }
}
export const inputs: fc.Arbitrary<Inputs> = new AllInputs();
