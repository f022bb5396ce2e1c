import { TSB } from "../../diagnostics/catalogue.js";
import { convert } from "../build.js";
import { explicitConversion } from "../integers.js";
import { type IntType, integers, isInteger, typeName } from "../model/types.js";
import { argumentsOf } from "./arguments.js";
import type { Builtin } from "./index.js";

/** `u32(x)`: keeps the low bits; of a pointer, its address; of a truth, 0 or 1. */
const conversion =
  (type: IntType): Builtin =>
  (scope, node) => {
    const [operand] = argumentsOf(scope, node, 1) ?? [];
    if (!operand) return scope.nothing(node);
    if (isInteger(operand.type)) return explicitConversion(operand, type, scope.session.locate(node));
    if (operand.type.kind === "bool") return convert(operand, type);
    if (operand.type.kind === "ptr") return convert(convert(operand, integers.u64), type);
    return scope.fail(node, TSB.mismatch(`a value of type ${typeName(operand.type)}`, "a number"));
  };

export const conversions: Readonly<Record<string, Builtin>> = Object.fromEntries(
  Object.entries(integers).map(([name, type]) => [name, conversion(type)]),
);
