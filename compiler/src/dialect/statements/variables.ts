import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { contentOf, heldType } from "../build.js";
import { coerce } from "../coerce.js";
import { inMemory } from "../expressions/construct.js";
import { checkExpression } from "../expressions/index.js";
import { computedType } from "../integers.js";
import type { Expr, Place, Variable } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import { errorType, isAggregate, type Type, typeName } from "../model/types.js";
import type { Scope } from "../scope.js";
import { cName } from "../types/names.js";

export function checkVariables(scope: Scope, list: ts.VariableDeclarationList): Statement[] {
  return list.declarations.flatMap((d) => checkVariable(scope, d, (list.flags & ts.NodeFlags.Const) !== 0));
}

function checkVariable(scope: Scope, node: ts.VariableDeclaration, constant: boolean): Statement[] {
  const declared = node.type ? scope.resolve(node.type) : null;
  const init = node.initializer ? initial(scope, node.initializer, declared) : null;
  if (ts.isObjectBindingPattern(node.name)) return destructured(scope, node.name, init, constant);
  if (!ts.isIdentifier(node.name)) {
    scope.session.report(node.name, TSB.notYet("Taking an array apart"));
    return [];
  }
  const type = variableType(scope, node, declared, init);
  if (type.kind === "void" || (type.kind === "ptr" && init?.kind === "null" && !declared)) {
    scope.session.report(node, TSB.typeNotSupported(typeName(type)));
    return [];
  }
  const loc = scope.session.locate(node.name);
  const variable: Variable = {
    name: cName(node.name.text),
    type,
    loc,
    constant,
    parameter: null,
    copy: { slot: null },
  };
  scope.declare(node.name, variable);
  if (init && scope.isMadeHere(init)) scope.made.add(variable);
  if (type.kind === "error" || init?.type.kind === "error") return [];
  return [{ kind: "variable", variable, init, loc }];
}

function initial(scope: Scope, node: ts.Expression, declared: Type | null): Expr {
  if (!declared) return checkExpression(scope, node);
  if (declared.kind === "error") return scope.nothing(node);
  // A declared string is memory of its own, filled from the text; other aggregates are references.
  if (declared.kind === "str" && ts.isStringLiteralLike(node)) return inMemory(scope, node, declared, "text");
  const held = heldType(declared);
  const value = checkExpression(scope, node, held);
  return coerce(scope, value, held, node);
}

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

/** `const { a, b } = object`. */
function destructured(
  scope: Scope,
  pattern: ts.ObjectBindingPattern,
  init: Expr | null,
  constant: boolean,
): Statement[] {
  if (!init || init.type.kind === "error") return [];
  const loc = scope.session.locate(pattern);
  if (init.type.kind !== "ptr" || init.type.to.kind !== "struct") {
    scope.session.report(pattern, TSB.mismatch(`a value of type ${typeName(init.type)}`, "an object"));
    return [];
  }
  const struct = init.type.to;
  const whole = scope.hidden("object", init.type, loc);
  const statements: Statement[] = [{ kind: "variable", variable: whole, init, loc }];
  const base: Expr = {
    kind: "read",
    place: { kind: "variable", variable: whole, type: whole.type, loc },
    type: whole.type,
    loc,
  };
  for (const element of pattern.elements) {
    const wanted = element.propertyName ?? element.name;
    const field = ts.isIdentifier(wanted)
      ? struct.shape.fields.find((f) => f.name === wanted.text)
      : undefined;
    if (!ts.isIdentifier(element.name) || element.dotDotDotToken || element.initializer) {
      scope.session.report(element, TSB.notYet("This form of destructuring"));
    } else if (!field) {
      scope.session.report(element, TSB.fieldUnknown(wanted.getText(), typeName(struct)));
    } else {
      const at = scope.session.locate(element.name);
      const place: Place = { kind: "field", base, struct, field, type: field.type, loc: at };
      const value = contentOf(place);
      const variable: Variable = {
        name: cName(element.name.text),
        type: value.type,
        loc: at,
        constant,
        parameter: null,
        copy: { slot: null },
      };
      scope.declare(element.name, variable);
      statements.push({ kind: "variable", variable, init: value, loc: at });
    }
  }
  return statements;
}
