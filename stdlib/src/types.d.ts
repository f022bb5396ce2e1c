// Integers are flavours of `number`. The brand is optional, so that literals and arithmetic stay assignable, and
// is the union of the widths that fit, so that widening is accepted and narrowing is not. Byte order likewise: a
// value in network order may be kept as a plain integer, a plain integer does not become one in network order.
declare const INT: unique symbol;
declare const ORDER: unique symbol;
declare const LEN: unique symbol;
declare const STR: unique symbol;
declare const BITS: unique symbol;
declare const PTR: unique symbol;
declare const USER: unique symbol;
declare const ARENA: unique symbol;

type U8 = "u8";
type I8 = "i8";
type U16 = U8 | "u16";
type U32 = U16 | "u32";
type U64 = U32 | "u64";
type I16 = I8 | U8 | "i16";
type I32 = I16 | "u16" | "i32";
type I64 = I32 | "u32" | "i64";
type AnyOrder = "host" | "network";

/** 8 bits, unsigned. `u8(x)` keeps the low bits of x. */
export type u8 = number & { readonly [INT]?: U8; readonly [ORDER]?: AnyOrder };
/** 16 bits, unsigned. */
export type u16 = number & { readonly [INT]?: U16; readonly [ORDER]?: AnyOrder };
/** 32 bits, unsigned. */
export type u32 = number & { readonly [INT]?: U32; readonly [ORDER]?: AnyOrder };
/** 64 bits, unsigned; a `bigint` in Node. */
export type u64 = number & { readonly [INT]?: U64; readonly [ORDER]?: AnyOrder };
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

/** What has an integer's bits: a number, a truth (0 or 1), or a pointer, whose address is taken. */
type Bits = number | bigint | boolean | object | string | null;
/** The low 8 bits; of a pointer, its address. */
export declare function u8(x: Bits): u8;
/** The low 16 bits. */
export declare function u16(x: Bits): u16;
/** The low 32 bits. */
export declare function u32(x: Bits): u32;
/** 64 bits, unsigned; of a pointer, its address. Takes 64-bit constants as `bigint` literals too. */
export declare function u64(x: Bits): u64;
/** The low 8 bits, as two's complement. */
export declare function i8(x: Bits): i8;
/** The low 16 bits, as two's complement. */
export declare function i16(x: Bits): i16;
/** The low 32 bits, as two's complement. */
export declare function i32(x: Bits): i32;
/** 64 bits, as two's complement. */
export declare function i64(x: Bits): i64;
/** The low 16 bits, taken for network order: nothing is swapped (`htons` swaps). */
export declare function be16(x: Bits): be16;
/** The low 32 bits, taken for network order: nothing is swapped (`htonl` swaps). */
export declare function be32(x: Bits): be32;
/** 64 bits, taken for network order: nothing is swapped (`htonll` swaps). */
export declare function be64(x: Bits): be64;

/** `T[N]` in C: N elements in place. `length` is N. */
export interface array<T, N extends number> {
  readonly [LEN]?: N;
  readonly length: number;
  [index: number]: T;
  [Symbol.iterator](): Iterator<T>;
}
/** `char[N]` in C: a text of at most N-1 bytes, padded with NULs. `length` is N; `s[i]` is a byte. */
export type str<N extends number> = string & { readonly [STR]?: N };
/** A bit-field of W bits in units of T. */
export type bits<T extends number, W extends number> = T & { readonly [BITS]?: W };

/** A pointer to a scalar or to another pointer: `.value` is what it leads to. */
export interface ref<T> {
  value: T;
  readonly [PTR]?: T;
}
type Target<T> = T extends number | boolean ? ref<T> : typeof PTR extends keyof T ? ref<T> : T;
/**
 * A pointer. To a class or array, it reads like the thing itself; to a scalar or another pointer, through
 * `.value`. One that may be null says so: `ptr<T> | null`.
 */
export type ptr<T> = Target<T> & { readonly [PTR]?: T };
/** A pointer into the memory of the current process: only readUser() and the `…_user` helpers follow it. */
export interface user<T> {
  readonly [PTR]?: T;
  readonly [USER]?: true;
}
/** A pointer into the program's arena, read and written as a `ptr<T>` is. The same address leads there in Node. */
export type arena<T> = Target<T> & { readonly [PTR]?: T; readonly [ARENA]?: true };
/** A global in the program's arena, at its start: arena pointers may lead to it. Linux 6.9. */
export declare function arena<This, T>(value: undefined, context: ClassFieldDecoratorContext<This, T>): void;
/** Any pointer to T, of whatever memory. */
export interface AnyPointer<T = unknown> {
  readonly [PTR]?: T;
}

/** A value written out with fields left out: those are zero. */
export type Init<T> = T extends number | boolean | string
  ? T
  : T extends { readonly [LEN]?: unknown; readonly length: number }
    ? T
    : { readonly [K in keyof T]?: Init<T[K]> };

export {};
