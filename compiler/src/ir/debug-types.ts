import type { MdNode } from "./metadata.js";

/** Debug info of a type. `void` is `null` wherever a type is asked for. */
export interface DIType extends MdNode {
  readonly di: "type";
  readonly sizeBits: number;
  readonly shape: DIShape;
}

/** What of a type is looked at again, when an access to it is relocated. */
export type DIShape =
  | { readonly kind: "int"; readonly name: string; readonly signed: boolean }
  | { readonly kind: "struct" | "union"; readonly name: string; readonly members: readonly DIMember[] }
  | { readonly kind: "array"; readonly element: DIType; readonly count: number }
  | {
      readonly kind: "enum";
      readonly name: string;
      readonly signed: boolean;
      readonly values: readonly Enumerator[];
    }
  | { readonly kind: "alias"; readonly name: string; readonly of: DIType | null }
  | { readonly kind: "pointer" | "function" | "forward"; readonly name: string };

export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

export interface DIFile extends MdNode {
  readonly di: "file";
}
export interface DISubprogram extends MdNode {
  readonly di: "subprogram";
  readonly file: DIFile;
  readonly line: number;
}
export interface DIGlobal extends MdNode {
  readonly di: "global";
}
export interface DILocation extends MdNode {
  readonly di: "location";
}

/** A struct or union. Its members come with `define`, so that they may point back to it. */
export interface DIStruct extends DIType {
  define(members: readonly DIMember[]): void;
}

export interface DIMember {
  /** Absent for an anonymous struct or union. */
  readonly name?: string;
  readonly type: DIType;
  /** From the start of the struct. */
  readonly offsetBits: number;
  /** For a bit-field: its width, and where the storage unit that holds it starts. */
  readonly bitField?: { readonly widthBits: number; readonly storageOffsetBits: number };
  readonly declTags?: readonly string[];
}

export interface DIParameter {
  readonly name: string;
  readonly type: DIType;
  readonly declTags?: readonly string[];
}

export interface SubprogramOptions {
  readonly name: string;
  readonly file: DIFile;
  readonly line: number;
  /** Null: void. */
  readonly returns: DIType | null;
  readonly params: readonly DIParameter[];
  /** True for static functions: BTF says `static` instead of `global`. */
  readonly local?: boolean;
  /** False for kfuncs and other functions that are only declared. */
  readonly definition?: boolean;
  readonly declTags?: readonly string[];
}

export interface DIGlobalOptions {
  readonly name: string;
  readonly file: DIFile;
  readonly line: number;
  /** Null: a `void` ksym. */
  readonly type: DIType | null;
  readonly local?: boolean;
  readonly definition?: boolean;
  readonly declTags?: readonly string[];
}

export type Encoding = "signed" | "unsigned" | "signed_char" | "unsigned_char" | "boolean";
