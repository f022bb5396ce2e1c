import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { coerce } from "../coerce.js";
import { checkCondition, checkExpression } from "../expressions/index.js";
import { computedType } from "../integers.js";
import type { Statement } from "../model/statements.js";
import { isInteger, typeName, voidType } from "../model/types.js";
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

export function checkReturn(scope: Scope, node: ts.ReturnStatement): Statement {
  const loc = scope.session.locate(node);
  if (!node.expression) {
    scope.returns ??= voidType;
    return { kind: "return", value: null, loc };
  }
  const value = checkExpression(scope, node.expression, scope.returns);
  if (value.type.kind === "error") return { kind: "return", value: null, loc };
  // Without a declared type the first `return` decides.
  scope.returns ??= value.kind === "int" && isInteger(value.type) ? computedType(value, value) : value.type;
  if (scope.returns.kind === "void") {
    scope.session.report(
      node.expression,
      TSB.mismatch(`a value of type ${typeName(value.type)}`, "the result of a void function"),
    );
    return { kind: "return", value: null, loc };
  }
  if (scope.isMadeHere(value)) {
    scope.session.report(node.expression, TSB.objectKept());
    return { kind: "return", value: null, loc };
  }
  return { kind: "return", value: coerce(scope, value, scope.returns, node.expression), loc };
}
