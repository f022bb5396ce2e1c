import type { Statement } from "../../dialect/model/statements.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { declareVariable } from "../variables.js";
import { lowerStatement } from "./index.js";

/** The body once for each round, with a constant in its variable. */
export function lowerUnroll(f: FunctionLowering, statement: Statement & { kind: "unroll" }): void {
  const { variable, label } = statement;
  const type = f.types.value(variable.type);
  if (type.kind !== "int") throw new ir.InternalError("ir-type-mismatch", "a round is counted by a number");
  for (let round = 0; round < statement.count; round++) {
    const end = f.fn.block("round");
    f.opened(label, { end });
    declareVariable(f, variable, ir.constInt(type, round));
    lowerStatement(f, statement.body);
    if (!f.b.terminated) f.b.br(end);
    f.b.at(end);
  }
}
