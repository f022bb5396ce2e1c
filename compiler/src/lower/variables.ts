import type { Variable } from "../dialect/model/expressions.js";
import type * as ir from "../ir/index.js";
import { lowerExpression } from "./expressions/index.js";
import { storeValue } from "./expressions/places.js";
import type { FunctionLowering } from "./functions.js";

const align = 8;

/** A variable's first value, and the copies of it that helpers read. */
export function declareVariable(f: FunctionLowering, variable: Variable, value: ir.Value): void {
  storeValue(f, value, variable.type, { pointer: f.variable(variable), volatile: false, align });
  fillCopies(f, variable);
}

export function fillCopies(f: FunctionLowering, variable: Variable): void {
  for (const { slot, value } of variable.copies)
    storeValue(f, lowerExpression(f, value), slot.type, { pointer: f.slot(slot), volatile: false, align });
}
