import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { int, readVariable } from "../build.js";
import { checkExpression } from "../expressions/index.js";
import { compareScalars } from "../expressions/operators.js";
import { isText } from "../expressions/texts.js";
import type { Expr } from "../model/expressions.js";
import type { Statement, SwitchCase } from "../model/statements.js";
import { integers, isInteger, typeName } from "../model/types.js";
import type { Scope } from "../scope.js";
import { checkBody } from "./index.js";
import { labelOf } from "./jumps.js";

export function checkSwitch(scope: Scope, node: ts.SwitchStatement): Statement | Statement[] {
  const subject = checkExpression(scope, node.expression);
  if (subject.type.kind !== "error" && subject.type.kind !== "bool" && !isInteger(subject.type)) {
    scope.session.report(
      node.expression,
      isText(subject)
        ? TSB.notInDialect(
            "`switch` on a text",
            "Texts are compared byte by byte, one case after the other.",
            "Compare with `===` in `if` and `else if`.",
          )
        : TSB.mismatch(`a value of type ${typeName(subject.type)}`, "a number to switch on"),
    );
    return [];
  }
  const { clauses } = node.caseBlock;
  const values = clauses.map((c) => (ts.isCaseClause(c) ? checkExpression(scope, c.expression) : null));
  const wrong = [subject, ...values].some((v) => v?.type.kind === "error");
  const label = labelOf(scope, node);
  scope.breakTargets.push(label);
  const bodies = clauses.map((clause) => checkBody(scope, clause));
  scope.breakTargets.pop();
  if (wrong) return [];
  const cases: SwitchCase[] = bodies.map((body, i) => ({ value: values[i] ?? null, body }));
  const loc = scope.session.locate(node);
  const constant = isInteger(subject.type) && values.every((v) => v === null || v.kind === "int");
  return constant
    ? { kind: "switch", label, subject, cases, loc }
    : compared(scope, clauses, { kind: "switch", label, subject, cases, loc });
}

/** The subject is compared with one case after the other; the first that is equal, by its number, is taken. */
function compared(
  scope: Scope,
  clauses: readonly ts.CaseOrDefaultClause[],
  { loc, ...whole }: Statement & { kind: "switch" },
): Statement {
  const held = scope.hidden("subject", whole.subject.type, loc);
  const number = (i: number): Expr => int(BigInt(i), loc, integers.u32);
  const none = number(clauses.length);
  const chosen = clauses.reduceRight<Expr>((rest, clause, i) => {
    const value = whole.cases[i]?.value;
    if (!value || !ts.isCaseClause(clause)) return rest;
    return {
      kind: "conditional",
      condition: compareScalars(scope, "==", readVariable(held, loc), value, clause.expression),
      whenTrue: number(i),
      whenFalse: rest,
      type: integers.u32,
      loc: value.loc,
    };
  }, none);
  const cases = whole.cases.map(({ value, body }, i) => ({ value: value && number(i), body }));
  return {
    kind: "block",
    body: [
      { kind: "variable", variable: held, init: whole.subject, loc },
      { ...whole, subject: chosen, cases, loc },
    ],
    loc,
  };
}
