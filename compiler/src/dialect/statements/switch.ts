import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { checkExpression } from "../expressions/index.js";
import type { Statement, SwitchCase } from "../model/statements.js";
import { isInteger, typeName } from "../model/types.js";
import type { Scope } from "../scope.js";
import { checkBody } from "./index.js";
import { labelOf } from "./jumps.js";

export function checkSwitch(scope: Scope, node: ts.SwitchStatement): Statement | Statement[] {
  const subject = checkExpression(scope, node.expression);
  if (subject.type.kind !== "error" && !isInteger(subject.type)) {
    scope.session.report(
      node.expression,
      TSB.mismatch(`a value of type ${typeName(subject.type)}`, "a number to switch on"),
    );
    return [];
  }
  const label = labelOf(scope, node);
  scope.breakTargets.push(label);
  const cases: SwitchCase[] = node.caseBlock.clauses.map((clause) => {
    const value = ts.isCaseClause(clause) ? checkExpression(scope, clause.expression) : null;
    if (value && value.type.kind !== "error" && value.kind !== "int")
      scope.session.report(clause, TSB.notYet("A case that is not a constant"));
    return { value, body: checkBody(scope, clause) };
  });
  scope.breakTargets.pop();
  return { kind: "switch", label, subject, cases, loc: scope.session.locate(node) };
}
