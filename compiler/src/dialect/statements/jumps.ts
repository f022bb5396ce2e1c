import { ts } from "ts-morph";
import { jump } from "../bodies.js";
import type { LoopLabel, Statement } from "../model/statements.js";
import type { Scope } from "../scope.js";
import { checkOne } from "./index.js";

export function checkJump(
  scope: Scope,
  node: ts.BreakStatement | ts.ContinueStatement,
): Statement | Statement[] {
  const loc = scope.session.locate(node);
  const kind = ts.isBreakStatement(node) ? "break" : "continue";
  const targets = kind === "break" ? scope.breakTargets : scope.continueTargets;
  const target = node.label ? scope.labels.get(node.label.text) : targets.at(-1);
  return target ? jump(scope, kind, target, loc) : []; // the checker reports a jump that leads nowhere
}

/** `name: for (…)`: the loop takes the label, so that `continue name` finds it. */
export function checkLabelled(scope: Scope, node: ts.LabeledStatement): Statement {
  const label = scope.label(node.label.text);
  scope.labels.set(label.name, label);
  const body = checkOne(scope, node.statement);
  scope.labels.delete(label.name);
  return { kind: "labelled", label, body, loc: scope.session.locate(node) };
}

/** The label of a loop or a switch: the one in front of it, or one of its own. */
export function labelOf(scope: Scope, node: ts.Statement): LoopLabel {
  const named = ts.isLabeledStatement(node.parent) ? scope.labels.get(node.parent.label.text) : undefined;
  return named ?? scope.label();
}
