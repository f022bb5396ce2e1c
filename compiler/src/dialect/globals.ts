import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { evaluate, integerLiteral } from "./constants.js";
import { sizeOf } from "./model/layout.js";
import { isInteger, type Type, typeName } from "./model/types.js";
import { rangeOfType } from "./ranges.js";
import type { Session } from "./session.js";
import { unparenthesized } from "./syntax.js";

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
  } else if (
    type.kind === "bool" &&
    (inner.kind === ts.SyntaxKind.TrueKeyword || inner.kind === ts.SyntaxKind.FalseKeyword)
  ) {
    bytes[at] = inner.kind === ts.SyntaxKind.TrueKeyword ? 1 : 0;
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
        session.report(property, TSB.fieldUnknown(name ?? "", typeName(type)));
      else if (field.bits) session.report(property, TSB.notYet("A bit-field in a global's first value"));
      else fill(session, bytes, at + field.offset, field.type, property.initializer);
    }
  } else if (!(type.kind === "struct" && ts.isNewExpression(inner) && (inner.arguments?.length ?? 0) === 0)) {
    session.report(node, TSB.initialiserNotConstant(node.getText()));
  }
}

function fillInteger(
  session: Session,
  bytes: Uint8Array,
  at: number,
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
  const { min, max } = rangeOfType(type);
  if (value < min || value > max) {
    session.report(node, TSB.outOfRange(`${value}`, typeName(type), `${min}`, `${max}`));
    return;
  }
  let rest = BigInt.asUintN(type.bits, value);
  for (let i = 0; i < type.bits / 8; i++) {
    bytes[at + i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}
