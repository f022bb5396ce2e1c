import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { contentOf, element, int, readVariable } from "./build.js";
import { assigned, targetOf } from "./expressions/assignments.js";
import { checkExpression } from "./expressions/index.js";
import { memberOf } from "./expressions/names.js";
import type { Expr, Variable } from "./model/expressions.js";
import type { Statement } from "./model/statements.js";
import { errorType, integers, isAggregate, type Type, typeName } from "./model/types.js";
import type { Scope } from "./scope.js";
import { cName } from "./types/names.js";

// Taking values apart. A name in a pattern holds what `object.field` or `array[i]` would be in its place: a number or
// a pointer by value, a class, an array or a text by reference.

/** Declares what `name` names, one variable or those of a pattern, and gives it the value. */
export function bind(scope: Scope, name: ts.BindingName, value: Expr, constant: boolean): Statement[] {
  if (ts.isIdentifier(name)) {
    const variable = named(scope, name, value.type, constant);
    if (scope.isMadeHere(value)) scope.made.add(variable);
    return value.type.kind === "error"
      ? []
      : [{ kind: "variable", variable, init: value, loc: variable.loc }];
  }
  return ts.isObjectBindingPattern(name)
    ? takeApart(scope, name, value, (whole) =>
        name.elements.flatMap((one) => {
          const part = plain(scope, one) ? field(scope, one.propertyName ?? one.name, whole) : null;
          if (part) return bind(scope, one.name, part, constant);
          declareRefused(scope, one.name);
          return [];
        }),
      )
    : takeApart(scope, name, value, (whole) =>
        elements(scope, name.elements, whole, (one, part) => bindElement(scope, one, part, constant)),
      );
}

/** The same, of one place in `[a, , b]`. */
export const bindElement = (
  scope: Scope,
  one: ts.ArrayBindingElement,
  value: Expr,
  constant: boolean,
): Statement[] =>
  ts.isBindingElement(one) && plain(scope, one) ? bind(scope, one.name, value, constant) : [];

/** `const [a, b] = [x, y]`: each name is given its value. Null for any other value. */
export function bindEach(scope: Scope, node: ts.VariableDeclaration, constant: boolean): Statement[] | null {
  const { name, initializer, type } = node;
  if (!ts.isArrayBindingPattern(name) || !initializer || type || !ts.isArrayLiteralExpression(initializer))
    return null;
  const values = held(scope, initializer.elements);
  if (!values) return [];
  const bound = name.elements.flatMap((one, i): Statement[] => {
    if (!ts.isBindingElement(one) || !plain(scope, one)) return [];
    const value = values.reads[i];
    if (value) return bind(scope, one.name, value, constant);
    scope.session.report(one, TSB.indexOutside(`${i}`, values.reads.length));
    return [];
  });
  return [...values.before, ...bound];
}

/** `[a, b] = [b, a]`, `({ a, b: this.total } = object)`: assigns the parts, from left to right. */
export function assignPattern(
  scope: Scope,
  pattern: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression,
  right: ts.Expression,
): Statement[] {
  if (!ts.isArrayLiteralExpression(pattern) || !ts.isArrayLiteralExpression(right))
    return assignParts(scope, pattern, checkExpression(scope, right));
  const values = held(scope, right.elements);
  if (!values) return [];
  const aggregate = values.reads.findIndex((v) => v.type.kind === "ptr" && isAggregate(v.type.to));
  if (aggregate >= 0) {
    scope.session.report(right.elements[aggregate] ?? right, TSB.partsByReference());
    return [];
  }
  return [
    ...values.before,
    ...pattern.elements.flatMap((one, i) => {
      const value = values.reads[i];
      if (value) return assignPart(scope, one, value);
      scope.session.report(one, TSB.indexOutside(`${i}`, values.reads.length));
      return [];
    }),
  ];
}

/** Gives the parts of a value to the places that a pattern names. */
export function assignParts(
  scope: Scope,
  pattern: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression,
  value: Expr,
): Statement[] {
  if (ts.isArrayLiteralExpression(pattern))
    return takeApart(scope, pattern, value, (whole) =>
      elements(scope, pattern.elements, whole, (one, part) => assignPart(scope, one, part)),
    );
  return takeApart(scope, pattern, value, (whole) =>
    pattern.properties.flatMap((one) => {
      const target = ts.isPropertyAssignment(one)
        ? one.initializer
        : ts.isShorthandPropertyAssignment(one) && !one.objectAssignmentInitializer
          ? one.name
          : null;
      if (!one.name || !target) {
        if (!ts.isSpreadAssignment(one)) scope.session.report(one, defaultPart());
        return [];
      }
      const part = field(scope, one.name, whole);
      return part ? assignPart(scope, target, part) : [];
    }),
  );
}

/** Gives a value to what an expression names: a place, or places in a pattern. */
export function assignPart(scope: Scope, target: ts.Expression, value: Expr): Statement[] {
  if (value.type.kind === "error" || ts.isOmittedExpression(target)) return [];
  if (ts.isArrayLiteralExpression(target) || ts.isObjectLiteralExpression(target))
    return assignParts(scope, target, value);
  if (ts.isBinaryExpression(target)) {
    scope.session.report(target, defaultPart());
    return [];
  }
  const place = targetOf(scope, target);
  if (!place) return [];
  return [{ kind: "expression", expression: assigned(scope, place, value, target), loc: value.loc }];
}

/** A variable that the source names. */
export function named(scope: Scope, name: ts.Identifier, type: Type, constant: boolean): Variable {
  const variable: Variable = {
    name: cName(name.text),
    type,
    loc: scope.session.locate(name),
    constant,
    parameter: null,
    copies: [],
  };
  scope.declare(name, variable);
  return variable;
}

/** The value is computed once, and its parts are read in the pattern's order. */
function takeApart(
  scope: Scope,
  pattern: ts.Node,
  value: Expr,
  parts: (whole: Expr) => Statement[],
): Statement[] {
  if (value.type.kind === "error") return [];
  const loc = scope.session.locate(pattern);
  const whole = scope.hidden("whole", value.type, loc);
  return [{ kind: "variable", variable: whole, init: value, loc }, ...parts(readVariable(whole, loc))];
}

function field(scope: Scope, name: ts.PropertyName | ts.BindingName, whole: Expr): Expr | null {
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) return memberOf(scope, name, whole, name.text);
  scope.session.report(
    name,
    TSB.notInDialect(
      "A computed name in a pattern",
      "Fields are found by name while compiling.",
      "Write the field's name.",
    ),
  );
  return null;
}

function elements<T extends ts.ArrayBindingElement | ts.Expression>(
  scope: Scope,
  wanted: readonly T[],
  whole: Expr,
  take: (one: T, part: Expr) => Statement[],
): Statement[] {
  const array = whole.type.kind === "ptr" ? whole.type.to : whole.type;
  if (array.kind !== "array" && array.kind !== "str") {
    const [first] = wanted;
    if (first)
      scope.session.report(first.parent, TSB.mismatch(`a value of type ${typeName(whole.type)}`, "an array"));
    return [];
  }
  return wanted.flatMap((one, i) => {
    if (ts.isOmittedExpression(one) || ts.isSpreadElement(one)) return [];
    if (i >= array.length) {
      scope.session.report(one, TSB.indexOutside(`${i}`, array.length));
      return [];
    }
    const loc = scope.session.locate(one);
    const type = array.kind === "str" ? integers.u8 : array.element;
    return take(one, contentOf(element(whole, int(BigInt(i), loc, integers.u64), type, loc)));
  });
}

/** Values one by one, each kept until all of them are known. */
function held(
  scope: Scope,
  values: readonly ts.Expression[],
): { readonly before: Statement[]; readonly reads: Expr[] } | null {
  const before: Statement[] = [];
  const reads: Expr[] = [];
  for (const node of values) {
    const value = checkExpression(scope, node);
    if (value.type.kind === "error") return null;
    if (value.kind === "int" || value.kind === "address") reads.push(value);
    else {
      const variable = scope.hidden("part", value.type, value.loc);
      before.push({ kind: "variable", variable, init: value, loc: value.loc });
      if (scope.isMadeHere(value)) scope.made.add(variable);
      reads.push(readVariable(variable, value.loc));
    }
  }
  return { before, reads };
}

/** Neither a default nor a rest, which are reported. */
function plain(scope: Scope, one: ts.BindingElement): boolean {
  if (one.initializer) scope.session.report(one, defaultPart());
  else if (one.dotDotDotToken)
    scope.session.report(
      one,
      TSB.notInDialect(
        "The rest of a pattern",
        "It would be a new object of another shape.",
        "Name the fields or elements that are needed.",
      ),
    );
  if (!one.initializer && !one.dotDotDotToken) return true;
  declareRefused(scope, one.name);
  return false;
}

/** Names of what was refused: their uses are not reported again. */
function declareRefused(scope: Scope, name: ts.BindingName): void {
  if (ts.isIdentifier(name)) named(scope, name, errorType, true);
  else for (const one of name.elements) if (ts.isBindingElement(one)) declareRefused(scope, one.name);
}

const defaultPart = () =>
  TSB.notInDialect(
    "A default in a pattern",
    "It stands for what is `undefined`, and a field or an element always has a value.",
    "Leave it out; where 0 means that nothing was set, ask for it: `const n = o.n === 0 ? 5 : o.n`.",
  );
