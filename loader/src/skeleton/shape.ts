/** What integers of 64 bits are in TypeScript. */
export type U64 = "bigint" | "number";

/** Order of an integer's bytes in memory. */
export type ByteOrder = "little" | "big";

/**
 * How a value stands in memory and in TypeScript, as plain data: `typescript.ts` prints its type, `codec.ts` the code
 * that reads and writes it. `bytes` is its size.
 */
export type Shape =
  | {
      readonly kind: "integer";
      /** Up to 32 bits a number, addresses a bigint; other 64 bits as they are wanted. */
      readonly as: U64;
      readonly bytes: IntegerSize;
      readonly signed: boolean;
      readonly order: ByteOrder;
      readonly meaning: "plain" | "network" | "address";
    }
  | {
      readonly kind: "enum";
      readonly bytes: IntegerSize;
      readonly signed: boolean;
      readonly order: ByteOrder;
      /** Of its declaration. */
      readonly name: string;
    }
  | { readonly kind: "float"; readonly bytes: 4 | 8; readonly order: ByteOrder }
  | { readonly kind: "bool"; readonly bytes: 1 }
  /** `char[bytes]`. */
  | { readonly kind: "text"; readonly bytes: number }
  /** `u8[bytes]`, and what has no better form. */
  | { readonly kind: "bytes"; readonly bytes: number }
  | {
      readonly kind: "array";
      readonly bytes: number;
      /** Of its codec, which is declared once for each element type and length. */
      readonly name: string;
    }
  | { readonly kind: "struct"; readonly bytes: number; readonly name: string }
  /** A record whose type the object does not tell: all its bytes, however many. */
  | { readonly kind: "raw"; readonly bytes: 0 };

export type IntegerSize = 1 | 2 | 4 | 8;
export type EnumShape = Extract<Shape, { kind: "enum" }>;

export interface EnumDeclaration {
  readonly name: string;
  readonly bytes: IntegerSize;
  readonly values: readonly { readonly name: string; readonly value: bigint }[];
}

export interface ArrayDeclaration {
  readonly name: string;
  readonly element: Shape;
  readonly length: number;
}

/** A struct, or a union: then `members` is one `union`, at 0. */
export interface StructDeclaration {
  readonly name: string;
  readonly what: "struct" | "union";
  readonly bytes: number;
  readonly members: readonly Member[];
  /** Members that are the kernel's own, and left out: `timer (bpf_timer)`. */
  readonly hidden: readonly string[];
}

/** A member, those of anonymous structs among the others. Offsets are from the start of the declared struct. */
export type Member =
  | { readonly kind: "field"; readonly name: string; readonly at: number; readonly shape: Shape }
  | BitField
  | {
      /** `T name[]` at the end: as many elements as the bytes that are there hold. */
      readonly kind: "flexible";
      readonly name: string;
      readonly at: number;
      readonly element: Shape;
      readonly as: "text" | "bytes" | "array";
    }
  | {
      readonly kind: "union";
      /** Of the constant that lists its alternatives. */
      readonly name: string;
      /** Ways to see the same memory; an anonymous struct is one way with several members. */
      readonly alternatives: readonly (readonly Member[])[];
    };

export interface BitField {
  readonly kind: "bits";
  readonly name: string;
  /** From the struct's start, in the object's bit order: the lowest bit first, or in big endian the highest. */
  readonly bit: number;
  readonly width: number;
  readonly signed: boolean;
  readonly order: ByteOrder;
  /** Over 32 bits as they are wanted. */
  readonly as: "number" | "bigint" | "boolean" | { readonly enum: string };
}

/** Names of the properties that members make. */
export const namesOf = (members: readonly Member[]): string[] =>
  members.flatMap((m) => (m.kind === "union" ? m.alternatives.flatMap(namesOf) : [m.name]));

export const hasUnion = (members: readonly Member[]): boolean => members.some((m) => m.kind === "union");
