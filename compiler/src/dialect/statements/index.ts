import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { checkExpression } from "../expressions/index.js";
import type { Statement } from "../model/statements.js";
import { outsideDialect } from "../restrictions.js";
import type { Scope } from "../scope.js";
import { checkIf } from "./branches.js";
import { checkForOf } from "./for-of.js";
import { checkJump, checkLabelled } from "./jumps.js";
import { checkDo, checkFor, checkWhile } from "./loops.js";
import { checkReturn } from "./returns.js";
import { checkSwitch } from "./switch.js";
import { checkVariables } from "./variables.js";

/** Checks one kind of syntax; a declaration of several variables gives several statements. */
type StatementCheck = (scope: Scope, node: never) => Statement | Statement[];

const K = ts.SyntaxKind;
const checks: ReadonlyMap<ts.SyntaxKind, StatementCheck> = new Map<ts.SyntaxKind, StatementCheck>([
  [K.VariableStatement, (scope, node: ts.VariableStatement) => checkVariables(scope, node.declarationList)],
  [K.ExpressionStatement, checkExpressionStatement],
  [K.IfStatement, checkIf],
  [K.ReturnStatement, checkReturn],
  [K.ForStatement, checkFor],
  [K.ForOfStatement, checkForOf],
  [K.WhileStatement, checkWhile],
  [K.DoStatement, checkDo],
  [K.SwitchStatement, checkSwitch],
  [K.BreakStatement, checkJump],
  [K.ContinueStatement, checkJump],
  [K.LabeledStatement, checkLabelled],
  [K.Block, checkBlock],
  [K.EmptyStatement, () => []],
  // They have no code of their own.
  [K.TypeAliasDeclaration, () => []],
  [K.InterfaceDeclaration, () => []],
  [K.EnumDeclaration, () => []],
]);

export function checkBody(scope: Scope, body: { readonly statements: readonly ts.Statement[] }): Statement[] {
  return body.statements.flatMap((s) => checkStatement(scope, s));
}

function checkStatement(scope: Scope, node: ts.Statement): Statement[] {
  const check = checks.get(node.kind);
  if (check) return [check(scope, node as never)].flat();
  if (!outsideDialect(node)) scope.session.report(node, TSB.unknownSyntax(node.getText()));
  return [];
}

/** A statement where syntax wants exactly one. */
export function checkOne(scope: Scope, node: ts.Statement): Statement {
  return { kind: "block", body: checkStatement(scope, node), loc: scope.session.locate(node) };
}

function checkBlock(scope: Scope, node: ts.Block): Statement {
  return { kind: "block", body: checkBody(scope, node), loc: scope.session.locate(node) };
}

function checkExpressionStatement(scope: Scope, node: ts.ExpressionStatement): Statement[] {
  const expression = checkExpression(scope, node.expression);
  return expression.type.kind === "error"
    ? []
    : [{ kind: "expression", expression, loc: scope.session.locate(node) }];
}
