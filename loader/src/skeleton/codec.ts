import { bitsCode } from "./bits.js";
import { access, property } from "./names.js";
import { type ByteOrder, type Member, namesOf, type Shape, type StructDeclaration } from "./shape.js";

/** Names of parameters and variables in generated functions: none of them is a type's. */
export interface Locals {
  readonly view: string;
  readonly at: string;
  readonly value: string;
  readonly length: string;
  readonly list: string;
  readonly element: string;
  readonly to: string;
  readonly map: string;
}

/** Code that reads and writes one shape: an expression, and statements. `label` names the value in errors. */
export interface ShapeCode {
  /** An expression for a `Codec`. */
  readonly codec: string;
  read(local: Locals, at: string): string;
  write(local: Locals, at: string, value: string, label: string): string;
}

/** Suffix of a DataView accessor's name, and of the range check's. */
const accessor = (signed: boolean, bytes: number): string =>
  `${bytes === 8 ? "Big" : ""}${signed ? "Int" : "Uint"}${bytes * 8}`;
const orderArgument = (bytes: number, order: ByteOrder): string =>
  bytes > 1 && order === "little" ? ", true" : "";
const codecName = (prefix: string, bytes: number, order: ByteOrder): string =>
  `codecs.${prefix}${bytes * 8}${bytes > 1 && order === "big" ? "be" : ""}`;

/** Straight-line code at fixed offsets; arrays and structs call their own codec's. */
export function codeOf(shape: Shape): ShapeCode {
  switch (shape.kind) {
    case "integer":
    case "enum": {
      const name = accessor(shape.signed, shape.bytes);
      const prefix = shape.signed ? "i" : "u";
      const last = orderArgument(shape.bytes, shape.order);
      const codec = codecName(prefix, shape.bytes, shape.order);
      const cast = shape.kind === "enum" ? ` as ${shape.name}` : "";
      if (shape.kind === "integer" && shape.bytes === 8 && shape.as === "number") return wideNumber(shape);
      const own = shape.kind === "enum" ? `${codec} as Codec<${shape.name}>` : codec;
      if (shape.bytes === 8 && shape.order === "little") {
        const suffix = `${prefix.toUpperCase()}64`;
        return {
          codec: own,
          read: ({ view }, at) => `codecs.read${suffix}(${view}, ${at})${cast}`,
          write: ({ view }, at, value, label) => `codecs.write${suffix}(${view}, ${at}, ${value}, ${label});`,
        };
      }
      const fit = `codecs.fit.${prefix}${shape.bytes * 8}`;
      return {
        codec: own,
        read: ({ view }, at) => `${view}.get${name}(${at}${last})${cast}`,
        write: ({ view }, at, value, label) =>
          `${view}.set${name}(${at}, ${fit}(${value}, ${label})${last});`,
      };
    }
    case "float": {
      const name = `Float${shape.bytes * 8}`;
      const last = orderArgument(shape.bytes, shape.order);
      return {
        codec: codecName("f", shape.bytes, shape.order),
        read: ({ view }, at) => `${view}.get${name}(${at}${last})`,
        write: ({ view }, at, value) => `${view}.set${name}(${at}, ${value}${last});`,
      };
    }
    case "bool":
      return {
        codec: "codecs.bool",
        read: ({ view }, at) => `${view}.getUint8(${at}) !== 0`,
        write: ({ view }, at, value) => `${view}.setUint8(${at}, ${value} ? 1 : 0);`,
      };
    case "text":
      return helper("text", "Text", shape.bytes);
    case "bytes":
      return helper("bytes", "Bytes", shape.bytes);
    case "raw":
      return helper("raw", "Raw", 0);
    case "array":
    case "struct":
      return {
        codec: shape.name,
        read: ({ view }, at) => `${shape.name}.read(${view}, ${at})`,
        write: ({ view }, at, value) => `${shape.name}.write(${view}, ${at}, ${value});`,
      };
  }
}

/** 64 bits as a number. */
function wideNumber({ signed, order }: { readonly signed: boolean; readonly order: ByteOrder }): ShapeCode {
  const rest = `64${order === "big" ? "be" : ""}Number`;
  const suffix = `${signed ? "I" : "U"}${rest}`;
  return {
    codec: `codecs.${signed ? "i" : "u"}${rest}`,
    read: ({ view }, at) => `codecs.read${suffix}(${view}, ${at})`,
    write: ({ view }, at, value, label) => `codecs.write${suffix}(${view}, ${at}, ${value}, ${label});`,
  };
}

const helper = (codec: string, suffix: string, bytes: number): ShapeCode => ({
  codec: codec === "raw" ? "codecs.raw" : `codecs.${codec}(${bytes})`,
  read: ({ view }, at) => `codecs.read${suffix}(${view}, ${at}, ${bytes})`,
  write: ({ view }, at, value, label) =>
    `codecs.write${suffix}(${view}, ${at}, ${bytes}, ${value}, ${label});`,
});

export const plus = (base: string, bytes: number): string => (bytes === 0 ? base : `${base} + ${bytes}`);

/** A declared struct, for the code of its members. */
export interface Owner {
  readonly name: string;
  readonly bytes: number;
}

/** `name: expression,` for every property of these members. */
export function readMembers(members: readonly Member[], owner: Owner, local: Locals): string[] {
  return members.flatMap((member) =>
    member.kind === "union"
      ? member.alternatives.flatMap((alternative) => readMembers(alternative, owner, local))
      : [`${property(member.name)}: ${readMember(member, owner, local)},`],
  );
}

function readMember(member: Exclude<Member, { kind: "union" }>, owner: Owner, local: Locals): string {
  switch (member.kind) {
    case "field":
      return codeOf(member.shape).read(local, plus(local.at, member.at));
    case "bits":
      return bitsCode(member, owner.bytes).read(local);
    case "flexible": {
      const args = `${local.view}, ${plus(local.at, member.at)}, ${local.length} - ${member.at}`;
      if (member.as === "text") return `codecs.readText(${args})`;
      if (member.as === "bytes") return `codecs.readBytes(${args})`;
      return `codecs.readRest(${args}, ${codeOf(member.element).codec})`;
    }
  }
}

/** Statements that zero what fields of their own bytes do not fill: padding, bit-fields, unions. */
export function clearGaps({ members, bytes }: StructDeclaration, { view, at }: Locals): string[] {
  const fields = members.filter((member) => member.kind === "field").sort((a, b) => a.at - b.at);
  const gaps: string[] = [];
  let end = 0;
  const clearTo = (next: number): void => {
    if (next > end) gaps.push(`codecs.clear(${view}, ${plus(at, end)}, ${next - end});`);
  };
  for (const field of fields) {
    clearTo(field.at);
    end = Math.max(end, field.at + field.shape.bytes);
  }
  clearTo(bytes);
  return gaps;
}

/** Statements that write these members, where memory is zero that is not a field's own. */
export const writeMembers = (members: readonly Member[], owner: Owner, local: Locals): string[] =>
  members.map((member) => writeMember(member, owner, local));

function writeMember(member: Member, owner: Owner, local: Locals): string {
  const { view, at, value } = local;
  if (member.kind === "union")
    return `codecs.writeUnion<${member.name}>(${view}, ${at}, ${owner.bytes}, ${value}, ${member.name}, ${JSON.stringify(owner.name)});`;
  const given = `${value}${access(member.name)}`;
  const label = JSON.stringify(`${owner.name}.${member.name}`);
  switch (member.kind) {
    case "field":
      return codeOf(member.shape).write(local, plus(at, member.at), given, label);
    case "bits":
      return bitsCode(member, owner.bytes).write(local, given, label);
    case "flexible":
      return `codecs.writeRest(${given}, ${label});`;
  }
}

/** The names of one alternative as a type: `"low" | "high"`. */
export const nameUnion = (members: readonly Member[]): string =>
  namesOf(members)
    .map((name) => JSON.stringify(name))
    .join(" | ");
