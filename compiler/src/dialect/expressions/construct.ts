import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { addressOf, element, int } from "../build.js";
import { copyOf } from "../builtins/pointers.js";
import type { Expr, Place, Slot, Variable } from "../model/expressions.js";
import {
  type Aggregate,
  fieldNames,
  isAggregate,
  pointerTo,
  type StructType,
  sameType,
  type Type,
  typeName,
} from "../model/types.js";
import { outsideDialect } from "../restrictions.js";
import type { Scope } from "../scope.js";
import { classMade } from "../types/structs.js";
import { checkExpression, checkValue } from "./index.js";

/** `new T()`: zeroed stack storage, then the class's initialisers and its constructor. */
export function checkNew(scope: Scope, node: ts.NewExpression): Expr {
  const made = classMade(scope.session, node, scope.types);
  if (!made) return scope.fail(node.expression, TSB.valueUnused(`'${node.expression.getText()}'`));
  const { declaration, struct } = made;
  const init = (slot: Slot): Expr[] => {
    const self = slotPlace(slot);
    const parts = initialisers(scope, declaration, struct, self);
    const own = declaration.members.find((m) => ts.isConstructorDeclaration(m) && m.body);
    if (own && ts.isConstructorDeclaration(own))
      parts.push(
        scope.program.callMethod(
          scope,
          own,
          addressOf(self),
          node.arguments ?? ts.factory.createNodeArray(),
          node,
        ),
      );
    return parts;
  };
  return temporary(scope, node, struct, declaration.name?.text ?? "object", init);
}

/** Field initialisers of a struct class, as stores. */
export function initialisers(
  scope: Scope,
  declaration: ts.ClassDeclaration,
  struct: StructType,
  self: Place,
): Expr[] {
  const parts: Expr[] = [];
  for (const member of declaration.members) {
    if (!ts.isPropertyDeclaration(member) || !member.initializer) continue;
    const field = struct.shape.fields.find((f) => f.name === member.name.getText());
    if (field) parts.push(store(scope, fieldOf(self, struct, field.name), member.initializer));
  }
  return parts;
}

export function checkObjectLiteral(
  scope: Scope,
  node: ts.ObjectLiteralExpression,
  expected: Type | null,
): Expr {
  const struct = structExpected(expected);
  if (!struct) return scope.fail(node, TSB.literalOpen("this object", "const pair: Pair = { a: 1, b: 2 }"));
  return temporary(scope, node, struct, struct.name || "object", (slot) =>
    literalParts(scope, node, struct, slotPlace(slot)),
  );
}

export function checkArrayLiteral(
  scope: Scope,
  node: ts.ArrayLiteralExpression,
  expected: Type | null,
): Expr {
  const type = expected?.kind === "ptr" ? expected.to : expected;
  if (type?.kind !== "array")
    return scope.fail(node, TSB.literalOpen("this list", "const list: array<u32, 3> = [1, 2, 3]"));
  return temporary(scope, node, type, "array", (slot) => elementParts(scope, node, type, slotPlace(slot)));
}

const structExpected = (expected: Type | null): StructType | null => {
  const type = expected?.kind === "ptr" ? expected.to : expected;
  return type?.kind === "struct" ? type : null;
};

function temporary(
  scope: Scope,
  node: ts.Node,
  type: Aggregate,
  name: string,
  init: (slot: Slot) => Expr[],
): Expr {
  const loc = scope.session.locate(node);
  const slot = scope.slot(declaredName(node) ?? name, type, loc);
  return { kind: "temporary", slot, zeroed: true, init: init(slot), type: pointerTo(type), loc };
}

/** The variable that a value is for, which is what a message about the stack should name. */
export const declaredName = (node: ts.Node): string | null =>
  ts.isVariableDeclaration(node.parent) && ts.isIdentifier(node.parent.name) ? node.parent.name.text : null;

const slotPlace = (slot: Slot): Place => ({ kind: "slot", slot, type: slot.type, loc: slot.loc });

function fieldOf(base: Place, struct: StructType, name: string): Place {
  const field = struct.shape.fields.find((f) => f.name === name);
  if (!field) throw new Error(`no field ${name}`);
  return { kind: "field", base: addressOf(base), struct, field, type: field.type, loc: base.loc };
}

/** Stores for the properties of an object literal, into memory that was zeroed. */
function literalParts(
  scope: Scope,
  node: ts.ObjectLiteralExpression,
  struct: StructType,
  target: Place,
): Expr[] {
  const parts: Expr[] = [];
  for (const property of node.properties) {
    const name =
      property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
        ? property.name.text
        : null;
    const value = ts.isPropertyAssignment(property)
      ? property.initializer
      : ts.isShorthandPropertyAssignment(property)
        ? property.name
        : null;
    if (name === null || value === null) {
      if (!outsideDialect(property)) scope.session.report(property.name ?? property, TSB.propertyForm());
      continue;
    }
    const known = struct.shape.fields.some((f) => f.name === name);
    if (known) parts.push(store(scope, fieldOf(target, struct, name), value));
    else scope.session.report(property, TSB.fieldUnknown(name, typeName(struct), fieldNames(struct)));
  }
  return parts;
}

function elementParts(
  scope: Scope,
  node: ts.ArrayLiteralExpression,
  type: Type & { kind: "array" },
  target: Place,
): Expr[] {
  return node.elements.flatMap((item, i) => {
    if (i >= type.length) {
      scope.session.report(item, TSB.indexOutside(`${i}`, type.length));
      return [];
    }
    const loc = scope.session.locate(item);
    const place: Place = element(addressOf(target), int(BigInt(i), loc), type.element, loc);
    return [store(scope, place, item)];
  });
}

/** Stores a value of whatever type the place has. */
export function store(scope: Scope, place: Place, node: ts.Expression): Expr {
  if (place.type.kind === "error") return scope.nothing(node);
  if (isAggregate(place.type)) return storeAggregate(scope, place, place.type, node);
  const value = checkValue(scope, node, place.type);
  if (value.type.kind === "error") return value;
  return { kind: "assign", place, value, type: place.type, loc: scope.session.locate(node) };
}

/** Fills an aggregate in place from a literal, a text, or by copying another of the same type. */
export function storeAggregate(scope: Scope, place: Place, type: Aggregate, node: ts.Expression): Expr {
  const value = checkExpression(scope, node, type);
  if (value.type.kind === "error") return value;
  return copyInto(scope, addressOf(place), type, value, node);
}

/** `*target = *source`, checked. A text is copied with its NULs up to the target's size. */
export function copyInto(scope: Scope, target: Expr, type: Type, source: Expr, node: ts.Node): Expr {
  const loc = scope.session.locate(node);
  if (source.kind === "string") {
    if (type.kind !== "str") return scope.fail(node, TSB.mismatch("a text", typeName(type)));
    if (source.bytes.length + 1 > type.length)
      return scope.fail(node, TSB.stringTooLong(source.bytes.length + 1, type.length));
    return { kind: "copy", target, source: { ...source, type }, type: target.type, loc };
  }
  if (source.type.kind === "ptr" && sameType(source.type.to, type))
    return { kind: "copy", target, source, type: target.type, loc };
  return scope.fail(
    node,
    TSB.mismatch(
      `a value of type ${typeName(source.type.kind === "ptr" ? source.type.to : source.type)}`,
      typeName(type),
    ),
  );
}

/** A variable that never changes is in memory once, however often its address, or that of its conversion, is wanted. */
function copyOfConstant(scope: Scope, value: Expr): Expr | null {
  const variable = constantIn(value);
  if (!variable) return null;
  const known = variable.copies.find((copy) => sameConversion(copy.value, value));
  if (known) return addressOf(slotPlace(known.slot));
  const slot = scope.slot(variable.name, value.type, variable.loc);
  variable.copies.push({ slot, value });
  return addressOf(slotPlace(slot));
}

function constantIn(value: Expr): Variable | null {
  if (value.kind === "convert") return constantIn(value.operand);
  const variable = value.kind === "read" && value.place.kind === "variable" ? value.place.variable : null;
  return variable?.constant ? variable : null;
}

/** Of the same variable. */
const sameConversion = (a: Expr, b: Expr): boolean =>
  sameType(a.type, b.type) &&
  (a.kind !== "convert" || b.kind !== "convert" ? a.kind === b.kind : sameConversion(a.operand, b.operand));

/**
 * The address of memory that holds `node` as a value of `type`: what a helper's key or value argument wants.
 * A scalar goes to a stack slot of its own.
 */
export function inMemory(scope: Scope, node: ts.Expression, type: Type, name: string): Expr {
  const loc = scope.session.locate(node);
  if (!isAggregate(type)) {
    const value = checkValue(scope, node, type);
    if (value.type.kind === "error") return value;
    const copy = sameType(value.type, type) ? copyOfConstant(scope, value) : null;
    if (copy) return copy;
    const slot = scope.slot(name, type, loc);
    const place = slotPlace(slot);
    return {
      kind: "temporary",
      slot,
      zeroed: false,
      init: [{ kind: "assign", place, value, type, loc }],
      type: pointerTo(type),
      loc,
    };
  }
  const value = checkExpression(scope, node, type);
  if (value.type.kind === "error") return value;
  if (value.kind === "string" && type.kind === "str") {
    const slot = scope.slot(name, type, loc);
    return {
      kind: "temporary",
      slot,
      zeroed: true,
      init: [copyInto(scope, addressOf(slotPlace(slot)), type, value, node)],
      type: pointerTo(type),
      loc,
    };
  }
  if (value.type.kind === "ptr" && sameType(value.type.to, type))
    // A helper takes memory that the verifier knows.
    return value.type.space === "direct" ? value : copyOf(scope, value, type, name);
  return scope.fail(
    node,
    TSB.mismatch(
      `a value of type ${typeName(value.type.kind === "ptr" ? value.type.to : value.type)}`,
      typeName(type),
    ),
  );
}
