import type { Expr, NumberExpr, Place } from "../meaning/expressions.js";
import { call, type Signature } from "../meaning/functions.js";
import { allInts, type DataType, type IntType, isScalar, same } from "../meaning/types.js";
import type { Generator } from "./generator.js";

const MOST_RANGES = 2;

/**
 * Whether an iterator of numbers may run here. In a loop of another kind, the verifier forgets that loop's counter at
 * the iterator, and may take it for endless; several in a row may be more states than it takes.
 */
export const mayIterate = (g: Generator): boolean => !g.counted && g.ranges < MOST_RANGES;

/** A call of what is there already: so nothing is recursive. */
export function called(g: Generator): NumberExpr | null {
  const signature = g.pick(g.functions);
  const { kind, owner, params, instance } = signature;
  if (kind === "method" && !g.isMethod) return null;
  if (signature.iterates) {
    // At an iterator in a function that a callback calls, Linux 6.18 fails: "add backedge: no SCC in verification path".
    if (!mayIterate(g) || g.inCallback) return null;
    g.ranges++;
  }
  const receiver = owner && g.place((type) => type === owner, true);
  if (owner && !receiver) return null;
  const args: (Expr | Place)[] = [];
  const typeArgument = instance ? typeArgumentOf(g, signature) : null;
  for (const { type } of params) {
    const ofArgument = type.kind === "int" && type.parameter === true;
    const arg = isScalar(type)
      ? ofArgument
        ? g.number()
        : g.value(type)
      : g.place((t) => fits(t, type, typeArgument), true);
    if (!arg) return null;
    args.push(arg);
  }
  return call({ signature, receiver, args, typeArgument, explicit: g.chance(0.3) });
}

/** One that an array in scope has, if the function takes an array of them. */
function typeArgumentOf(g: Generator, { params }: Signature): IntType | null {
  const wanted = params.find(({ type }) => type.kind === "array")?.type;
  if (!wanted) return g.pick(allInts);
  const place = g.place((type) => type.kind === "array" && fits(type, wanted, null), true);
  return place?.type.kind === "array" && place.type.element.kind === "int" ? place.type.element : null;
}

/** Whether an argument of this type may be given; null stands for any type argument. */
function fits(type: DataType, param: DataType, argument: IntType | null): boolean {
  if (param.kind !== "array" || param.element.kind !== "int" || !param.element.parameter)
    return same(type, param);
  if (type.kind !== "array" || type.length !== param.length) return false;
  const { element } = type;
  return element.kind === "int" && !element.parameter && (argument === null || same(element, argument));
}
