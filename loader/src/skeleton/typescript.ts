import type { BitField, Member, Shape } from "./shape.js";

/** The TypeScript type of an array's elements, by the name of the array's codec. */
export type ElementOf = (array: string) => Shape;

/** A shape's TypeScript type. */
export function tsType(shape: Shape, elementOf: ElementOf): string {
  switch (shape.kind) {
    case "integer":
      return shape.as;
    case "float":
      return "number";
    case "bool":
      return "boolean";
    case "text":
      return "string";
    case "bytes":
    case "raw":
      return "Uint8Array";
    case "array":
      return `readonly ${grouped(tsType(elementOf(shape.name), elementOf))}[]`;
    case "enum":
    case "struct":
      return shape.name;
  }
}

/** The type of a member's property. */
export function memberType(member: Exclude<Member, { kind: "union" }>, elementOf: ElementOf): string {
  switch (member.kind) {
    case "field":
      return tsType(member.shape, elementOf);
    case "bits":
      return bitsType(member);
    case "flexible":
      return flexibleTypes[member.as] ?? `readonly ${grouped(tsType(member.element, elementOf))}[]`;
  }
}

const flexibleTypes: Readonly<Record<string, string>> = { text: "string", bytes: "Uint8Array" };

export const bitsType = (field: BitField): string =>
  typeof field.as === "string" ? field.as : field.as.enum;

export const grouped = (type: string): string => (type.includes(" ") ? `(${type})` : type);

/** What an editor should tell of a member; empty where its type says it all. */
export function memberNote(
  member: Exclude<Member, { kind: "union" }>,
  lengthOf: (array: string) => number,
): string {
  switch (member.kind) {
    case "field":
      return shapeNote(member.shape, lengthOf);
    case "bits":
      return `${member.width} bit${member.width === 1 ? "" : "s"}.`;
    case "flexible":
      return `From byte ${member.at} to the record's end; empty where its length is not known. Cannot be written.`;
  }
}

export const bytesText = (bytes: number): string => `${bytes} byte${bytes === 1 ? "" : "s"}`;

export function shapeNote(shape: Shape, lengthOf: (array: string) => number): string {
  switch (shape.kind) {
    case "integer":
      return `${notes[shape.meaning]} ${shape.bytes === 8 && shape.as === "number" ? INEXACT : ""}`.trim();
    case "text":
      return `At most ${bytesText(shape.bytes)} of UTF-8.`;
    case "bytes":
      return `${bytesText(shape.bytes)}.`;
    case "array":
      return elementsText(lengthOf(shape.name));
    default:
      return "";
  }
}

const elementsText = (count: number): string => `${count} element${count === 1 ? "" : "s"}.`;

const INEXACT = "Exact to 2^53, beyond that the nearest number.";

const notes = {
  plain: "",
  network: "In network byte order in memory; here it is the number that it means.",
  address: "An address.",
} as const;
