/** Index of a type within a BTF blob; 0 is `void`. Ids of split BTF go on after its base's. */
export type TypeId = number;

/**
 * One BTF type, decoded. The `kind`s are the kernel's own names
 * (include/uapi/linux/btf.h, Documentation/bpf/btf.rst). An empty `name` means anonymous.
 */
export type BtfType =
  | { readonly kind: "void" }
  | {
      readonly kind: "int";
      readonly name: string;
      /** Bytes of storage. */
      readonly size: number;
      /** Bits of value, and where they start within the storage. */
      readonly bits: number;
      readonly bitOffset: number;
      readonly encoding: IntEncoding;
    }
  | { readonly kind: "ptr"; readonly type: TypeId }
  | { readonly kind: "array"; readonly type: TypeId; readonly indexType: TypeId; readonly length: number }
  | {
      readonly kind: "struct" | "union";
      readonly name: string;
      /** Bytes. */
      readonly size: number;
      readonly members: readonly BtfMember[];
    }
  | {
      readonly kind: "enum" | "enum64";
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly BtfEnumValue[];
    }
  | { readonly kind: "fwd"; readonly name: string; readonly union: boolean }
  | { readonly kind: "typedef" | "type_tag"; readonly name: string; readonly type: TypeId }
  | { readonly kind: "volatile" | "const" | "restrict"; readonly type: TypeId }
  | {
      readonly kind: "func";
      readonly name: string;
      /** Always a func_proto. */
      readonly type: TypeId;
      readonly linkage: Linkage;
    }
  | { readonly kind: "func_proto"; readonly returns: TypeId; readonly params: readonly BtfParam[] }
  | { readonly kind: "var"; readonly name: string; readonly type: TypeId; readonly linkage: Linkage }
  | {
      readonly kind: "datasec";
      readonly name: string;
      readonly size: number;
      readonly vars: readonly BtfSecVar[];
    }
  | { readonly kind: "float"; readonly name: string; readonly size: number }
  | {
      readonly kind: "decl_tag";
      /** The tag's text. */
      readonly name: string;
      readonly type: TypeId;
      /** Member or parameter index that is tagged; -1 tags the type itself. */
      readonly component: number;
    };

export type BtfKind = BtfType["kind"];
export type IntEncoding = "unsigned" | "signed" | "char" | "bool";
export type Linkage = "static" | "global" | "extern";

export interface BtfMember {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly type: TypeId;
  /** Bits from the start of the struct. */
  readonly bitOffset: number;
  /** Width in bits of a bit-field, else 0. */
  readonly bitfieldSize: number;
}

export interface BtfEnumValue {
  readonly name: string;
  readonly value: bigint;
}

export interface BtfParam {
  readonly name: string;
  readonly type: TypeId;
}

export interface BtfSecVar {
  readonly type: TypeId;
  /** Bytes from the start of the section. */
  readonly offset: number;
  readonly size: number;
}
