// Integers are flavours of `number`. The brand is optional, so that literals and arithmetic stay assignable, and
// is the union of the widths that fit, so that widening is accepted and narrowing is not.
declare const INT: unique symbol;
declare const ORDER: unique symbol;
declare const LEN: unique symbol;
declare const STR: unique symbol;
declare const BITS: unique symbol;
declare const PTR: unique symbol;
declare const USER: unique symbol;

type U8 = "u8";
type I8 = "i8";
type U16 = U8 | "u16";
type U32 = U16 | "u32";
type U64 = U32 | "u64";
type I16 = I8 | U8 | "i16";
type I32 = I16 | "u16" | "i32";
type I64 = I32 | "u32" | "i64";

/** 8 bits, unsigned. `u8(x)` keeps the low bits of x. */
export type u8 = number & { readonly [INT]?: U8 };
/** 16 bits, unsigned. */
export type u16 = number & { readonly [INT]?: U16 };
/** 32 bits, unsigned. */
export type u32 = number & { readonly [INT]?: U32 };
/** 64 bits, unsigned; a `bigint` in Node. */
export type u64 = number & { readonly [INT]?: U64 };
/** 8 bits, signed. */
export type i8 = number & { readonly [INT]?: I8 };
/** 16 bits, signed. */
export type i16 = number & { readonly [INT]?: I16 };
/** 32 bits, signed. */
export type i32 = number & { readonly [INT]?: I32 };
/** 64 bits, signed; a `bigint` in Node. */
export type i64 = number & { readonly [INT]?: I64 };

/** 16 bits in network order; `ntohs(x)` gives the number. */
export type be16 = number & { readonly [INT]?: U16; readonly [ORDER]?: "network" };
/** 32 bits in network order; `ntohl(x)` gives the number. */
export type be32 = number & { readonly [INT]?: U32; readonly [ORDER]?: "network" };
/** 64 bits in network order; `ntohll(x)` gives the number. */
export type be64 = number & { readonly [INT]?: U64; readonly [ORDER]?: "network" };

/** Keeps the low bits; of a pointer, its address. */
export declare function u8(x: number | bigint | boolean | object): u8;
export declare function u16(x: number | bigint | boolean | object): u16;
export declare function u32(x: number | bigint | boolean | object): u32;
export declare function u64(x: number | bigint | boolean | object): u64;
export declare function i8(x: number | bigint | boolean | object): i8;
export declare function i16(x: number | bigint | boolean | object): i16;
export declare function i32(x: number | bigint | boolean | object): i32;
export declare function i64(x: number | bigint | boolean | object): i64;

/** `T[N]` in C: N elements in place. */
export interface array<T, N extends number> {
  readonly [LEN]?: N;
  readonly length: number;
  [index: number]: T;
  [Symbol.iterator](): Iterator<T>;
}
/** `char[N]` in C: a text of at most N-1 bytes, padded with NULs. */
export type str<N extends number> = string & { readonly [STR]?: N };
/** A bit-field of W bits in units of T. */
export type bits<T extends number, W extends number> = T & { readonly [BITS]?: W };

/** A pointer to a struct: its fields are read through it. */
export type ptr<T> = T extends number | boolean ? ref<T> : T & { readonly [PTR]?: T };
/** A pointer to a scalar or to another pointer: `.value` is what it leads to. */
export interface ref<T> {
  value: T;
  readonly [PTR]?: T;
}
/** A pointer into the memory of the current process: only the `…_user` helpers and readUser() follow it. */
export interface user<T> {
  readonly [USER]?: T;
}
/** What a lookup gives: scalars by reference, so that "absent" and 0 differ. */
export type At<T> = T extends number | string | boolean ? ref<T> : ptr<T>;
/** A value to store: of a struct, the fields not given are zero. */
export type Init<T> = T extends number | string | boolean ? T : Partial<T>;
