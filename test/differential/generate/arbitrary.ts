import fc, { type Random } from "fast-check";
import type { ArrayMap } from "../meaning/maps.js";
import {
  type ArrayType,
  allInts,
  arrayOf,
  bool,
  type DataType,
  enumOf,
  type Field,
  type IntType,
  ints,
  type ScalarType,
  type StructType,
} from "../meaning/types.js";
import { type Global, type Inputs, inputType, type Program } from "../program.js";
import { makeFunction } from "./functions.js";
import { type Features, Generator } from "./generator.js";
import { numbers } from "./numbers.js";
import { places } from "./places.js";
import { smaller } from "./shrink.js";
import { statements } from "./statements.js";
import { booleans } from "./truths.js";
import { interesting } from "./values.js";

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Members of enums: of 32 bits with and without a sign, and of 64. */
const ENUM_VALUES: readonly (readonly bigint[])[] = [
  [0n, 1n, 2n, 7n],
  [-3n, 0n, 5n, 0x7fff_ffffn],
  [1n, 0x8000_0000n, 0xffff_ffffn],
  [0n, 0x1_0000_0000n, 0x10_0000_0001n],
  [-0x100_0000_0000n, -1n, 4n],
  [2n, 0xffff_ffff_ffff_0000n],
];

function makeTypes(g: Generator): void {
  g.enums = g.chance(0.5) ? [enumOf("$E", g.pick(ENUM_VALUES))] : [];
  const scalar = (): ScalarType =>
    g.chance(0.1) ? bool : g.enums.length > 0 && g.chance(0.15) ? g.pick(g.enums) : g.pick(allInts);
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
    const methods = i === 0 && g.chance(0.5) ? ({ methods: true } as const) : {};
    g.structs.push({ kind: "struct", name: `$S${i}`, fields, ...methods } satisfies StructType);
  }
  if (g.chance(0.25)) g.structs.push(makeUnion(g));
  if (g.chance(0.25)) g.structs.push(...makeGeneric(g));
  if (g.chance(0.4)) g.arrays.push(array(g.pick(g.structs)));
}

/** Of integers, which have a value whatever the bits are. */
function makeUnion(g: Generator): StructType {
  const bytes = g.pick([ints.u8, ints.i8, ints.u16]);
  const fields = many(2 + g.below(2), (i): Field => ({ name: `f${i}`, type: g.pick(allInts), bits: null }));
  const array: Field = { name: "bytes", type: arrayOf(bytes, g.pick([2, 4, 8])), bits: null };
  return { kind: "struct", name: "$U", fields: [...fields, array], union: true };
}

/** Two uses of a generic class. */
function makeGeneric(g: Generator): readonly StructType[] {
  const kinds = many(2 + g.below(2), () => g.pick(["own", "array", "other"] as const));
  const others = kinds.map(() => g.pick(allInts));
  const use = (name: string, type: IntType, generic: StructType | null): StructType => ({
    kind: "struct",
    name,
    fields: kinds.map((kind, i): Field => {
      const own = { own: type, array: arrayOf(type, 2), other: others[i] ?? type }[kind];
      return { name: `f${i}`, type: own, bits: null };
    }),
    ...(generic ? { generic } : {}),
  });
  const generic = use("$G<T>", { ...ints.u64, name: "T" }, null);
  const first = g.pick(allInts);
  const second = g.pick(allInts.filter((type) => type !== first));
  return [first, second].map((type) => use(`$G<${type.name}>`, type, generic));
}

function makeGlobals(g: Generator): Global[] {
  return many(3 + g.below(3), (i) => {
    const type = g.chance(0.4) ? g.pick<DataType>([...g.structs, ...g.arrays, ...g.enums]) : g.pick(allInts);
    const initial = type.kind === "int" && g.chance(0.3) ? interesting(type, (n) => g.below(n)) : 0n;
    return { name: `$g${i}`, type, initial: initial > -(1n << 63n) ? initial : 0n };
  });
}

function makeMaps(g: Generator): ArrayMap[] {
  if (g.chance(0.6)) return [];
  return many(1 + g.below(2), (i) => ({
    name: `$m${i}`,
    value: g.chance(0.6) ? g.pick(g.structs) : g.pick(allInts),
    entries: 1 + g.below(4),
  }));
}

export function makeProgram(random: Random, features: Features): Program {
  const g = new Generator(random, { numbers, booleans, places, statements }, features);
  makeTypes(g);
  const globals = makeGlobals(g);
  g.globals = globals;
  g.maps = makeMaps(g);
  const { enums, structs, maps } = g;
  const functions = many(g.below(3), (i) => makeFunction(g, `$f${i}`));
  g.isMethod = true;
  g.returns = ints.i32;
  g.objectBytes = 0;
  g.touched = new Set();
  g.variables = [];
  g.ranges = 0;
  const body = g.statements(2 + g.below(6));
  return { enums, structs, maps, globals, functions, body, result: g.number() };
}

/** Programs, and smaller ones from them. */
class Programs extends fc.Arbitrary<Program> {
  constructor(private readonly features: Features) {
    super();
  }
  override generate(random: Random): fc.Value<Program> {
    return new fc.Value(makeProgram(random, this.features), undefined);
  }
  override canShrinkWithoutContext(value: unknown): value is Program {
    return typeof value === "object" && value !== null && "body" in value;
  }
  override shrink(program: Program): fc.Stream<fc.Value<Program>> {
    return fc.stream(smaller(program)).map((value) => new fc.Value(value, undefined));
  }
}
export const programs = (features: Features): fc.Arbitrary<Program> => new Programs(features);

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
