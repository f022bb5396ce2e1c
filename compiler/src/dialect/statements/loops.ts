import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { checkCondition, checkExpression } from "../expressions/index.js";
import type { Expr } from "../model/expressions.js";
import type { LoopLabel, Statement } from "../model/statements.js";
import type { Scope } from "../scope.js";
import { checkOne } from "./index.js";
import { labelOf } from "./jumps.js";
import { checkVariables } from "./variables.js";

export function checkFor(scope: Scope, node: ts.ForStatement): Statement {
  const loc = scope.session.locate(node);
  const { initializer } = node;
  const before: Statement[] = !initializer
    ? []
    : ts.isVariableDeclarationList(initializer)
      ? checkVariables(scope, initializer)
      : [{ kind: "expression", expression: checkExpression(scope, initializer), loc }];
  const condition = node.condition ? checkCondition(scope, node.condition) : null;
  const step = node.incrementor ? checkExpression(scope, node.incrementor) : null;
  return { kind: "block", body: [...before, loop(scope, node, condition, step, "before")], loc };
}

export const checkWhile = (scope: Scope, node: ts.WhileStatement): Statement =>
  loop(scope, node, checkCondition(scope, node.expression), null, "before");

export const checkDo = (scope: Scope, node: ts.DoStatement): Statement =>
  loop(scope, node, checkCondition(scope, node.expression), null, "after");

function loop(
  scope: Scope,
  node: ts.IterationStatement,
  condition: Expr | null,
  step: Expr | null,
  test: "before" | "after",
): Statement {
  const label = labelOf(scope, node);
  const body = withTargets(scope, label, () => checkOne(scope, node.statement));
  const endless = condition === null || (condition.kind === "int" && condition.value !== 0n);
  if (endless && !canLeave(node.statement)) scope.session.report(node, TSB.endlessLoop());
  return { kind: "loop", label, condition, step, body, test, loc: scope.session.locate(node) };
}

export function withTargets<T>(scope: Scope, label: LoopLabel, check: () => T): T {
  scope.breakTargets.push(label);
  scope.continueTargets.push(label);
  const result = check();
  scope.breakTargets.pop();
  scope.continueTargets.pop();
  return result;
}

/** Does a `break` or a `return` leave the loop? One that belongs to a loop or switch inside does not. */
function canLeave(body: ts.Node, own = true): boolean {
  if (ts.isReturnStatement(body)) return true;
  if (ts.isBreakStatement(body)) return own || body.label !== undefined;
  if (ts.isFunctionLike(body)) return false;
  const inner = ts.isIterationStatement(body, false) || ts.isSwitchStatement(body);
  return ts.forEachChild(body, (child) => canLeave(child, own && !inner)) ?? false;
}
