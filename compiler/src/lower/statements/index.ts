import type { Statement } from "../../dialect/model/statements.js";
import { zero } from "../../ir/index.js";
import { lowerExpression } from "../expressions/index.js";
import type { FunctionLowering } from "../functions.js";
import { begin, end, slotsOfBlock } from "../lifetimes.js";
import { declareVariable } from "../variables.js";
import { lowerIf, lowerReturn } from "./branches.js";
import { lowerIterate } from "./iterate.js";
import { lowerJump, lowerLabelled, lowerLoop } from "./loops.js";
import { lowerSwitch } from "./switch.js";
import { lowerUnroll } from "./unroll.js";

export function lowerStatements(f: FunctionLowering, statements: readonly Statement[]): void {
  for (const statement of statements) {
    // What follows a jump in the same block is never reached.
    if (f.b.terminated) return;
    lowerStatement(f, statement);
  }
}

export function lowerStatement(f: FunctionLowering, statement: Statement): void {
  f.at(statement.loc);
  switch (statement.kind) {
    case "expression":
      lowerExpression(f, statement.expression);
      return;
    case "variable":
      lowerVariable(f, statement);
      return;
    case "block":
      lowerBlock(f, statement);
      return;
    case "if":
      lowerIf(f, statement);
      return;
    case "loop":
      lowerLoop(f, statement);
      return;
    case "labelled":
      lowerLabelled(f, statement);
      return;
    case "iterate":
      lowerIterate(f, statement);
      return;
    case "unroll":
      lowerUnroll(f, statement);
      return;
    case "switch":
      lowerSwitch(f, statement);
      return;
    case "break":
    case "continue":
      lowerJump(f, statement);
      return;
    case "return":
      lowerReturn(f, statement);
  }
}

/** What its variables are in memory is no more after it. */
function lowerBlock(f: FunctionLowering, { body }: Statement & { kind: "block" }): void {
  const slots = body.flatMap((statement) => slotsOfBlock(f, statement));
  for (const slot of slots) begin(f, slot);
  lowerStatements(f, body);
  if (!f.b.terminated) for (const slot of slots) end(f, slot);
}

function lowerVariable(f: FunctionLowering, { variable, init }: Statement & { kind: "variable" }): void {
  const value = init ? lowerExpression(f, init) : zero(f.types.value(variable.type));
  declareVariable(f, variable, value);
}
