import { TSB } from "../../diagnostics/catalogue.js";
import { convert, int } from "../build.js";
import { integers, isInteger, typeName } from "../model/types.js";
import { argumentsOf } from "./arguments.js";
import type { Builtin } from "./index.js";

/** Number of the highest bit that is set: floor(log2(x)), and 0 for 0. */
const log2: Builtin = (scope, node) => {
  const [operand] = argumentsOf(scope, node, 1) ?? [];
  if (!operand) return scope.nothing(node);
  const loc = scope.session.locate(node);
  if (!isInteger(operand.type))
    return scope.fail(node, TSB.mismatch(`a value of type ${typeName(operand.type)}`, "a number"));
  if (operand.kind === "int")
    return int(operand.value <= 0n ? 0n : BigInt(operand.value.toString(2).length - 1), loc, integers.u64);
  return { kind: "log2", operand: convert(operand, integers.u64), type: integers.u64, loc };
};

export const numbers: Readonly<Record<string, Builtin>> = { log2 };
