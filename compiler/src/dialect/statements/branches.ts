import type { ts } from "ts-morph";
import { checkCondition } from "../expressions/index.js";
import type { Statement } from "../model/statements.js";
import type { Scope } from "../scope.js";
import { checkOne } from "./index.js";

export function checkIf(scope: Scope, node: ts.IfStatement): Statement {
  return {
    kind: "if",
    condition: checkCondition(scope, node.expression),
    whenTrue: checkOne(scope, node.thenStatement),
    whenFalse: node.elseStatement ? checkOne(scope, node.elseStatement) : null,
    loc: scope.session.locate(node),
  };
}
