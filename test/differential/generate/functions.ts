import { IllTyped } from "../meaning/expressions.js";
import { type Func, func, functionLines, type Parameter, type Signature } from "../meaning/functions.js";
import { allInts, arrayOf, type DataType, type IntType, ints } from "../meaning/types.js";
import type { Generator } from "./generator.js";

const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Bytes of objects that are left to the entry, and to the functions that call. */
const OBJECTS_ELSEWHERE = 80;

/** Mostly few parameters, and sometimes more than registers pass. */
const parameterCount = (g: Generator): number => (g.chance(0.85) ? g.below(5) : 6 + g.below(3));

export function makeFunction(g: Generator, name: string): Func {
  const made = g.chance(0.2) ? genericFunction(g, name) : plainFunction(g, name);
  g.functions.push(made.signature);
  return made;
}

function plainFunction(g: Generator, name: string): Func {
  const owners = g.structs.filter(({ methods }) => methods);
  const owner = owners.length > 0 && g.chance(0.5) ? g.pick(owners) : null;
  const kind = owner ? "struct method" : g.pick(["static", "global", "method"] as const);
  const aggregates: readonly DataType[] = kind === "global" ? [] : [...g.structs, ...g.arrays];
  const scalar = (): DataType =>
    kind !== "global" && g.enums.length > 0 && g.chance(0.1) ? g.pick(g.enums) : g.pick(allInts);
  const params = many(parameterCount(g), (i) => ({
    name: `a${i}`,
    type: g.chance(0.25) && aggregates.length > 0 ? g.pick(aggregates) : scalar(),
  }));
  return filled(g, { name, kind, owner, params, returns: g.pick(allInts), iterates: false, instance: null });
}

/** Made again for each type that it is used with, by the same choices: of types that lead to the same text. */
function genericFunction(g: Generator, name: string): Func {
  const length = g.chance(0.5) ? g.pick(g.arrays).length : null;
  const others = many(g.below(3), () => g.pick(allInts));
  const returns = g.chance(0.5) ? g.pick(allInts) : null;
  const start = g.fork();
  const instances = new Map<string, Func | null>();
  const made = (own: Generator, type: IntType): Func => {
    const parameter: IntType = { ...type, name: "T", parameter: true };
    own.parameter = parameter;
    const types = [...(length === null ? [] : [arrayOf(parameter, length)]), parameter, ...others];
    const params = types.map((t, i): Parameter => ({ name: `a${i}`, type: t }));
    return filled(own, {
      name,
      kind: "static",
      owner: null,
      params,
      returns: returns ?? parameter,
      iterates: false,
      instance,
    });
  };
  const instance = (type: IntType): Func => {
    let found = instances.get(type.name);
    if (found === undefined) {
      found = attempt(() => made(start.fork(), type));
      if (found && functionLines(found).join() !== text) found = null;
      instances.set(type.name, found);
    }
    if (!found) throw new IllTyped(`another function of ${type.name}`);
    return found;
  };
  const template = made(g, ints.i64);
  g.parameter = null;
  const text = functionLines(template).join();
  return template;
}

function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof IllTyped) return null;
    throw error;
  }
}

function filled(g: Generator, signature: Signature): Func {
  const { kind, owner, params, returns } = signature;
  g.isMethod = kind === "method";
  g.returns = returns;
  g.objectBytes = OBJECTS_ELSEWHERE;
  g.touched = new Set();
  g.variables = [];
  for (const { name, type } of params) g.declare(name, type);
  if (owner) g.declare("this", owner);
  g.ranges = 0;
  const body = g.statements(1 + g.below(3));
  const made = func(signature, body, g.value(returns));
  signature.iterates = g.ranges > 0;
  return made;
}
