import type { Statement } from "../../dialect/model/statements.js";
import * as ir from "../../ir/index.js";
import { lowerExpression } from "../expressions/index.js";
import { loadValue } from "../expressions/places.js";
import type { FunctionLowering } from "../functions.js";
import { declareVariable } from "../variables.js";
import { lowerStatement } from "./index.js";

/** The verifier asks that what was started is destroyed on every way out, also by `return` from the body. */
export function lowerIterate(f: FunctionLowering, statement: Statement & { kind: "iterate" }): void {
  const { variable, label } = statement;
  const [test, body, end] = [f.fn.block("next"), f.fn.block("body"), f.fn.block("end")];
  const destroy = (): void => {
    lowerExpression(f, statement.destroy);
  };
  lowerExpression(f, statement.start);
  f.b.br(test);

  f.b.at(test);
  const current = lowerExpression(f, statement.next);
  f.b.condBr(f.b.icmp("ne", current, ir.nullPtr), body, end);

  f.b.at(body);
  f.entered(destroy);
  // `break` goes to where the iterator is destroyed anyway.
  f.opened(label, { end, next: test });
  const byValue = variable.type.kind !== "ptr";
  const value = byValue
    ? loadValue(f, { pointer: current, volatile: false, align: 4 }, variable.type)
    : current;
  declareVariable(f, variable, value);
  lowerStatement(f, statement.body);
  if (!f.b.terminated) f.b.br(test);
  f.left();

  f.b.at(end);
  f.at(statement.loc);
  destroy();
}
