import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { contentOf, convert, element } from "../build.js";
import type { Expr, Place } from "../model/expressions.js";
import { integers, isInteger, type Type, typeName } from "../model/types.js";
import { rangeOf } from "../ranges.js";
import type { Scope } from "../scope.js";
import { inMemory } from "./construct.js";
import { checkExpression } from "./index.js";

export function checkElement(scope: Scope, node: ts.ElementAccessExpression): Expr {
  const place = elementPlace(scope, node);
  return place ? contentOf(place) : scope.nothing(node);
}

/** `a[i]`: a constant index has to be inside; one that nothing bounds is left to the caller's checks. */
export function elementPlace(scope: Scope, node: ts.ElementAccessExpression): Place | null {
  const base = checkExpression(scope, node.expression);
  const index = checkExpression(scope, node.argumentExpression);
  if (base.type.kind === "error" || index.type.kind === "error") return null;
  const array = base.type.kind === "ptr" ? base.type.to : base.type;
  if (array.kind !== "array" && array.kind !== "str") {
    scope.session.report(node.expression, TSB.mismatch(`a value of type ${typeName(base.type)}`, "an array"));
    return null;
  }
  if (!isInteger(index.type)) {
    scope.session.report(
      node.argumentExpression,
      TSB.mismatch(`a value of type ${typeName(index.type)}`, "an index"),
    );
    return null;
  }
  const { min, max } = rangeOf(index);
  if (min === max && (min < 0n || min >= BigInt(array.length))) {
    scope.session.report(node.argumentExpression, TSB.indexOutside(`${min}`, array.length));
    return null;
  }
  const type: Type = array.kind === "str" ? integers.u8 : array.element;
  // A text that is written out is nowhere until it is wanted.
  const memory = base.kind === "string" ? inMemory(scope, node.expression, array, "text") : base;
  const place = element(memory, convert(index, integers.u64), type, scope.session.locate(node));
  // What bounds it elsewhere is looked for when the whole function is known.
  scope.session.indexes.set(place, node.argumentExpression);
  return place;
}
