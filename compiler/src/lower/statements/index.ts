import type { Statement } from "../../dialect/model/statements.js";
import { zero } from "../../ir/index.js";
import { lowerExpression } from "../expressions/index.js";
import { storeValue } from "../expressions/places.js";
import type { FunctionLowering } from "../functions.js";
import { lowerIf, lowerReturn } from "./branches.js";
import { lowerJump, lowerLabelled, lowerLoop } from "./loops.js";
import { lowerSwitch } from "./switch.js";

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
      if (statement.init)
        storeValue(f, lowerExpression(f, statement.init), statement.variable.type, {
          pointer: f.variable(statement.variable),
          volatile: false,
          align: 8,
        });
      else f.b.store(zero(f.types.memory(statement.variable.type)), f.variable(statement.variable));
      return;
    case "block":
      lowerStatements(f, statement.body);
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
