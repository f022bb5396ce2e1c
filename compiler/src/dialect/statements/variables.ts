import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { heldType } from "../build.js";
import { coerce } from "../coerce.js";
import { inMemory } from "../expressions/construct.js";
import { checkExpression } from "../expressions/index.js";
import { computedType } from "../integers.js";
import type { Expr } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import { errorType, isAggregate, type Type, typeName } from "../model/types.js";
import { bind, bindEach, named } from "../patterns.js";
import type { Scope } from "../scope.js";

export function checkVariables(scope: Scope, list: ts.VariableDeclarationList): Statement[] {
  return list.declarations.flatMap((d) => checkVariable(scope, d, (list.flags & ts.NodeFlags.Const) !== 0));
}

function checkVariable(scope: Scope, node: ts.VariableDeclaration, constant: boolean): Statement[] {
  const each = bindEach(scope, node, constant);
  if (each) return each;
  const declared = node.type ? scope.resolve(node.type) : null;
  const init = node.initializer ? initial(scope, node.initializer, declared) : null;
  if (!ts.isIdentifier(node.name)) return init ? bind(scope, node.name, init, constant) : [];
  const type = variableType(scope, node, declared, init);
  if (type.kind === "void" || (type.kind === "ptr" && init?.kind === "null" && !declared)) {
    scope.session.report(node, TSB.typeNotSupported(typeName(type)));
    return [];
  }
  const variable = named(scope, node.name, type, constant);
  if (init && scope.isMadeHere(init)) scope.made.add(variable);
  if (type.kind === "error" || init?.type.kind === "error") return [];
  return [{ kind: "variable", variable, init, loc: variable.loc }];
}

function initial(scope: Scope, node: ts.Expression, declared: Type | null): Expr {
  if (!declared) return checkExpression(scope, node);
  if (declared.kind === "error") return scope.nothing(node);
  // A declared string is memory of its own, filled from the text; other aggregates are references.
  if (declared.kind === "str" && isTextConstant(scope, node)) return inMemory(scope, node, declared, "text");
  const held = heldType(declared);
  const value = checkExpression(scope, node, held);
  return coerce(scope, value, held, node);
}

/** A literal, or a `const` of the module that names one. */
const isTextConstant = (scope: Scope, node: ts.Expression): boolean =>
  ts.isStringLiteralLike(node) || (ts.isIdentifier(node) && checkExpression(scope, node).kind === "string");

/** The declared type; else the initialiser's own, and 64 bits for what operators and literals give. */
function variableType(
  scope: Scope,
  node: ts.VariableDeclaration,
  declared: Type | null,
  init: Expr | null,
): Type {
  if (declared) {
    if (declared.kind === "ptr" && init?.type.kind === "ptr") return { ...declared, space: init.type.space };
    if (isAggregate(declared)) {
      if (init) return init.type;
      scope.session.report(node, TSB.valueUnused(`'${node.name.getText()}' without a value`));
      return errorType;
    }
    return declared;
  }
  if (!init) {
    scope.session.report(
      node,
      TSB.typeNotSupported(`of '${node.name.getText()}', which has neither type nor value`),
    );
    return errorType;
  }
  if (init.kind === "int" && init.type.kind === "int") return computedType(init, init);
  if (init.kind === "string") {
    scope.session.report(node, TSB.typeNotSupported("a text of no declared size"));
    return errorType;
  }
  return init.type;
}
