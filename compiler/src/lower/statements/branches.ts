import type { Statement } from "../../dialect/model/statements.js";
import { zero } from "../../ir/index.js";
import { branchOn } from "../expressions/conditions.js";
import { lowerExpression } from "../expressions/index.js";
import { toMemory } from "../expressions/places.js";
import type { FunctionLowering } from "../functions.js";
import { lowerStatement } from "./index.js";

export function lowerIf(f: FunctionLowering, statement: Statement & { kind: "if" }): void {
  const whenTrue = f.fn.block("then");
  const whenFalse = statement.whenFalse ? f.fn.block("else") : null;
  const end = f.fn.block("end");
  branchOn(f, statement.condition, whenTrue, whenFalse ?? end);
  f.b.at(whenTrue);
  lowerStatement(f, statement.whenTrue);
  if (!f.b.terminated) f.b.br(end);
  if (whenFalse && statement.whenFalse) {
    f.b.at(whenFalse);
    lowerStatement(f, statement.whenFalse);
    if (!f.b.terminated) f.b.br(end);
  }
  f.b.at(end);
}

export function lowerReturn(f: FunctionLowering, statement: Statement & { kind: "return" }): void {
  const { returns } = f.func;
  const value = statement.value ? toMemory(f, lowerExpression(f, statement.value), returns) : null;
  f.at(statement.loc);
  f.leave(value ?? (returns.kind === "void" ? null : zero(f.types.memory(returns))));
}
