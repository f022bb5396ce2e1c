import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { evaluate, evaluateTruth, integerLiteral } from "./constants.js";
import { sizeOf } from "./model/layout.js";
import {
  type Field,
  fieldNames,
  isInteger,
  type StructType,
  sameType,
  type Type,
  typeName,
} from "./model/types.js";
import { rangeOfBits } from "./ranges.js";
import type { Session } from "./session.js";
import { unparenthesized } from "./syntax.js";
import { noTypes } from "./types/resolve.js";
import { classMade } from "./types/structs.js";

/** The bytes that a global starts with; reports what is not a constant or does not fit. */
export function initialBytes(session: Session, type: Type, node: ts.Expression | undefined): Uint8Array {
  const bytes = new Uint8Array(sizeOf(type));
  if (node && type.kind !== "error") fill(session, bytes, 0, type, node);
  return bytes;
}

function fill(session: Session, bytes: Uint8Array, at: number, type: Type, node: ts.Expression): void {
  const inner = unparenthesized(node);
  if (isInteger(type)) {
    fillInteger(session, bytes, at, type, inner);
  } else if (type.kind === "bool" && evaluateTruth(session, inner) !== null) {
    bytes[at] = evaluateTruth(session, inner) ? 1 : 0;
  } else if (type.kind === "ptr" && inner.kind === ts.SyntaxKind.NullKeyword) {
    return; // zero
  } else if (type.kind === "str" && ts.isStringLiteralLike(inner)) {
    const text = new TextEncoder().encode(inner.text);
    if (text.length + 1 > type.length) session.report(node, TSB.stringTooLong(text.length + 1, type.length));
    else bytes.set(text, at);
  } else if (type.kind === "array" && ts.isArrayLiteralExpression(inner)) {
    const size = sizeOf(type.element);
    inner.elements.forEach((element, i) => {
      if (i < type.length) fill(session, bytes, at + i * size, type.element, element);
      else session.report(element, TSB.indexOutside(`${i}`, type.length));
    });
  } else if (type.kind === "struct" && ts.isObjectLiteralExpression(inner)) {
    for (const property of inner.properties) {
      const name = property.name?.getText();
      const field = type.shape.fields.find((f) => f.name === name);
      if (!field || !ts.isPropertyAssignment(property))
        session.report(property, TSB.fieldUnknown(name ?? "", typeName(type), fieldNames(type)));
      else fillField(session, bytes, at, field, property.initializer);
    }
  } else if (type.kind === "struct" && ts.isNewExpression(inner)) {
    fillNew(session, bytes, at, type, inner);
  } else {
    session.report(node, TSB.initialiserNotConstant(node.getText()));
  }
}

/** `new T()`: the initialisers of the class's fields. A constructor would have to be run. */
function fillNew(
  session: Session,
  bytes: Uint8Array,
  at: number,
  type: StructType,
  node: ts.NewExpression,
): void {
  const made = classMade(session, node, noTypes);
  if (!made || made.declaration.members.some(ts.isConstructorDeclaration)) {
    session.report(node, TSB.initialiserNotConstant(node.getText()));
    return;
  }
  if (!sameType(made.struct, type)) {
    session.report(node, TSB.mismatch(`a value of type ${typeName(made.struct)}`, typeName(type)));
    return;
  }
  for (const member of made.declaration.members) {
    if (!ts.isPropertyDeclaration(member) || !member.initializer) continue;
    const field = type.shape.fields.find((f) => f.name === member.name.getText());
    if (field) fillField(session, bytes, at, field, member.initializer);
  }
}

function fillField(session: Session, bytes: Uint8Array, at: number, field: Field, node: ts.Expression): void {
  if (field.bits && isInteger(field.type))
    fillBits(session, bytes, at * 8 + field.bits.offset, field.bits.width, field.type, node);
  else fill(session, bytes, at + field.offset, field.type, node);
}

function fillInteger(
  session: Session,
  bytes: Uint8Array,
  at: number,
  type: Type & { kind: "int" | "enum" },
  node: ts.Expression,
): void {
  fillBits(session, bytes, at * 8, type.bits, type, unparenthesized(node));
}

/** The low `width` bits of a constant, from a bit on: the lowest first, as on every target here. */
function fillBits(
  session: Session,
  bytes: Uint8Array,
  from: number,
  width: number,
  type: Type & { kind: "int" | "enum" },
  node: ts.Expression,
): void {
  const value = evaluate(session, node);
  if (value === null) {
    const fraction = ts.isNumericLiteral(node) && integerLiteral(node.getText()) === null;
    session.report(
      node,
      fraction ? TSB.fraction(node.getText()) : TSB.initialiserNotConstant(node.getText()),
    );
    return;
  }
  const { min, max } = rangeOfBits(width, type.signed);
  if (value < min || value > max) {
    const name = width === type.bits ? typeName(type) : `bits<${typeName(type)}, ${width}>`;
    session.report(node, TSB.outOfRange(`${value}`, name, `${min}`, `${max}`));
    return;
  }
  const bits = BigInt.asUintN(width, value);
  for (let i = 0; i < width; i++) {
    const bit = from + i;
    const byte = bytes[bit >> 3];
    if (byte !== undefined && (bits >> BigInt(i)) & 1n) bytes[bit >> 3] = byte | (1 << (bit & 7));
  }
}
