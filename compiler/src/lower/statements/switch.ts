import type { Statement } from "../../dialect/model/statements.js";
import { rangeOfType } from "../../dialect/ranges.js";
import * as ir from "../../ir/index.js";
import { lowerExpression } from "../expressions/index.js";
import { widened } from "../expressions/integers.js";
import type { FunctionLowering } from "../functions.js";
import { lowerStatements } from "./index.js";

/** Compared as 64-bit values, so that cases match as mathematical integers. */
export function lowerSwitch(f: FunctionLowering, statement: Statement & { kind: "switch" }): void {
  const subject = widened(f, lowerExpression(f, statement.subject), statement.subject.type);
  const range = rangeOfType(statement.subject.type);
  const end = f.fn.block("end");
  f.opened(statement.label, { end });
  const bodies = statement.cases.map(() => f.fn.block("case"));
  const seen = new Set<bigint>();
  const cases: { value: ir.Constant; target: ir.Block }[] = [];
  statement.cases.forEach(({ value }, i) => {
    const target = bodies[i];
    if (value?.kind !== "int" || !target) return;
    // What the subject cannot be is no case of it: -3 has the bits of a u64.
    if (value.value < range.min || value.value > range.max) return;
    const bits = BigInt.asIntN(64, value.value);
    if (seen.has(bits)) return; // the first of two equal cases is taken
    seen.add(bits);
    cases.push({ value: ir.constInt(ir.i64, bits), target });
  });
  const byDefault = statement.cases.findIndex((c) => c.value === null);
  f.b.switch(subject, bodies[byDefault] ?? end, cases);
  statement.cases.forEach(({ body }, i) => {
    const block = bodies[i];
    if (!block) return;
    f.b.at(block);
    lowerStatements(f, body);
    if (!f.b.terminated) f.b.br(bodies[i + 1] ?? end);
  });
  f.b.at(end);
}
