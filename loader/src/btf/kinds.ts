import type { BtfKind } from "./types.js";

/** Kinds by their number (`enum btf_kind` of include/uapi/linux/btf.h). */
export const btfKinds: readonly BtfKind[] = [
  "void",
  "int",
  "ptr",
  "array",
  "struct",
  "union",
  "enum",
  "fwd",
  "typedef",
  "volatile",
  "const",
  "restrict",
  "func",
  "func_proto",
  "var",
  "datasec",
  "float",
  "decl_tag",
  "type_tag",
  "enum64",
];

/** Numbers by kind. */
export const btfKindNumbers = Object.fromEntries(btfKinds.map((kind, i) => [kind, i])) as Readonly<
  Record<BtfKind, number>
>;

const trailing: Partial<Record<BtfKind, { readonly fixed: number; readonly each: number }>> = {
  int: { fixed: 1, each: 0 },
  array: { fixed: 3, each: 0 },
  struct: { fixed: 0, each: 3 },
  union: { fixed: 0, each: 3 },
  enum: { fixed: 0, each: 2 },
  func_proto: { fixed: 0, each: 2 },
  var: { fixed: 1, each: 0 },
  datasec: { fixed: 0, each: 3 },
  decl_tag: { fixed: 1, each: 0 },
  enum64: { fixed: 0, each: 3 },
};

/** 32-bit words that follow `struct btf_type`: a fixed number, and a number for each of its `vlen`. */
export const trailingWords: readonly { readonly fixed: number; readonly each: number }[] = btfKinds.map(
  (kind) => trailing[kind] ?? { fixed: 0, each: 0 },
);

/** Kinds that are looked through for the type that they name. */
export const modifierKinds: ReadonlySet<BtfKind> = new Set([
  "typedef",
  "volatile",
  "const",
  "restrict",
  "type_tag",
]);

/** Kinds whose values a program can send or keep, by name. */
export const valueKinds: readonly BtfKind[] = [
  "struct",
  "union",
  "typedef",
  "int",
  "enum",
  "enum64",
  "float",
];

/** BTF_MAX_VLEN since Linux 7.2; kernels before it take 65535. */
export const MAX_VLEN = 0xffffff;
/** Bits of `struct btf_type`'s `info`. Those that came with Linux 7.2 (BTF_MAX_KIND, BTF_MAX_VLEN) are zero before. */
export const infoKind = (info: number): number => (info >>> 24) & 0x7f;
export const infoVlen = (info: number): number => info & MAX_VLEN;
export const infoFlag = (info: number): boolean => info >>> 31 === 1;
export const makeInfo = (kind: BtfKind, vlen: number, flag: boolean): number =>
  (((flag ? 1 : 0) << 31) | (btfKindNumbers[kind] << 24) | vlen) >>> 0;
