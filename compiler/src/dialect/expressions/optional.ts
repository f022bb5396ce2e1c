import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { discard, int, nullPointer, readVariable, truth } from "../build.js";
import { toCondition } from "../coerce.js";
import type { Expr } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import { boolType, isInteger, type Type, typeName, voidType } from "../model/types.js";
import type { Scope } from "../scope.js";
import { unparenthesized } from "../syntax.js";
import { checkExpression } from "./index.js";

/** What `a?.b` is made of: where the chain stops, and what it gives if it does not. */
export interface Optional {
  readonly before: Statement;
  readonly reached: Expr;
  readonly value: Expr;
}

/** The outermost `?.` of a chain, if its base was not looked at yet. */
export function openLink(scope: Scope, node: ts.Expression): ts.Expression | null {
  for (let at = node; ts.isOptionalChain(at); at = at.expression) {
    if (!("questionDotToken" in at && at.questionDotToken)) continue;
    return scope.held.has(at.expression) ? null : at.expression;
  }
  return null;
}

/** `a?.b.c()`: the base once; the rest of the chain only if it is not null. */
export function checkOptional(scope: Scope, node: ts.Expression, base: ts.Expression): Expr {
  const loc = scope.session.locate(node);
  const pointer = checkExpression(scope, base);
  if (pointer.type.kind === "error") return pointer;
  if (pointer.type.kind !== "ptr")
    return scope.fail(
      base,
      TSB.mismatch(`a value of type ${typeName(pointer.type)}`, "a pointer that may be null"),
    );
  const held = scope.hidden("base", pointer.type, loc);
  const read = readVariable(held, loc);
  scope.held.set(base, { ...read, type: { ...pointer.type, nullable: false } });
  const value = checkExpression(scope, node);
  if (value.type.kind === "error") return value;
  const optional: Optional = {
    before: { kind: "variable", variable: held, init: pointer, loc },
    reached: toCondition(scope, read, base),
    value,
  };
  const missing = valueOfNothing(value.type, loc);
  if (!missing) return onlyIf(optional, loc);
  const { type } = missing;
  const given = either(optional, { ...value, type }, missing, type, loc);
  scope.optionals.set(given, optional);
  return given;
}

/** Where nothing is wanted of the value: the rest of the chain as a statement. */
function onlyIf({ before, reached, value }: Optional, loc: Expr["loc"]): Expr {
  const whenTrue: Statement = { kind: "expression", expression: value, loc };
  return {
    kind: "sequence",
    statements: [before, { kind: "if", condition: reached, whenTrue, whenFalse: null, loc }],
    value: discard(loc),
    type: voidType,
    loc,
  };
}

/** What stands for `undefined`: the checker lets nobody take it for a number. */
function valueOfNothing(type: Type, loc: Expr["loc"]): Expr | null {
  if (type.kind === "ptr") return nullPointer({ ...type, nullable: true }, loc);
  if (type.kind === "bool") return truth(false, loc);
  return isInteger(type) ? int(0n, loc, type) : null;
}

function either(optional: Optional, whenTrue: Expr, whenFalse: Expr, type: Type, loc: Expr["loc"]): Expr {
  return {
    kind: "sequence",
    statements: [optional.before],
    value: { kind: "conditional", condition: optional.reached, whenTrue, whenFalse, type, loc },
    type,
    loc,
  };
}

/** What is known of `a?.b` besides its value; null for what is no such chain. */
export const optionalOf = (scope: Scope, expr: Expr, node: ts.Expression): Optional | null =>
  ts.isOptionalChain(unparenthesized(node)) ? (scope.optionals.get(expr) ?? null) : null;

/** `a?.b === c` is false where the chain stops, `!==` true: nothing is no number. */
export function compareOptional(
  { before, reached, value }: Optional,
  op: "==" | "!=",
  compare: (value: Expr) => Expr,
  loc: Expr["loc"],
): Expr {
  const compared = compare(value);
  const truthful: Expr =
    op === "=="
      ? { kind: "and", left: reached, right: compared, type: boolType, loc }
      : {
          kind: "or",
          left: { kind: "not", operand: reached, type: boolType, loc },
          right: compared,
          type: boolType,
          loc,
        };
  return { kind: "sequence", statements: [before], value: truthful, type: boolType, loc };
}
