import { UsageError } from "../sys/errors.js";

// A DataView takes any number and keeps what fits; a key or a value that is silently another one is worse than an
// error.

type Check<T> = (value: T, label: string) => T;

const refuse = (value: unknown, label: string, wanted: string): UsageError => {
  const shown =
    typeof value === "bigint"
      ? `${value}n`
      : typeof value === "string"
        ? JSON.stringify(value)
        : String(value);
  return new UsageError("bad-value", `${label}: ${wanted} is wanted, not ${shown}`);
};

// Each is a function of its own, and small: V8 takes it into the code that writes a struct. What one of them
// converts is the value itself if its type holds it.

/** The value if its type holds it. @throws UsageError `bad-value`, naming `label` */
export const u8: Check<number> = (value, label) => {
  if (typeof value === "number" && (value & 0xff) === value) return value;
  throw refuse(value, label, "an integer from 0 to 255");
};
export const u16: Check<number> = (value, label) => {
  if (typeof value === "number" && (value & 0xffff) === value) return value;
  throw refuse(value, label, "an integer from 0 to 65535");
};
export const u32: Check<number> = (value, label) => {
  if (typeof value === "number" && value >>> 0 === value) return value;
  throw refuse(value, label, "an integer from 0 to 4294967295");
};
export const u64: Check<bigint> = (value, label) => {
  if (typeof value === "bigint" && BigInt.asUintN(64, value) === value) return value;
  throw refuse(value, label, "a bigint from 0n to 18446744073709551615n");
};
export const i8: Check<number> = (value, label) => {
  if (typeof value === "number" && (value << 24) >> 24 === value) return value;
  throw refuse(value, label, "an integer from -128 to 127");
};
export const i16: Check<number> = (value, label) => {
  if (typeof value === "number" && (value << 16) >> 16 === value) return value;
  throw refuse(value, label, "an integer from -32768 to 32767");
};
export const i32: Check<number> = (value, label) => {
  if (typeof value === "number" && (value | 0) === value) return value;
  throw refuse(value, label, "an integer from -2147483648 to 2147483647");
};
export const i64: Check<bigint> = (value, label) => {
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return value;
  throw refuse(value, label, "a bigint from -9223372036854775808n to 9223372036854775807n");
};

/** A 64-bit integer that a number holds exactly. @throws UsageError `bad-value`, naming `label` */
export const u64Number: Check<number> = (value, label) => {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse(value, label, "an integer from 0 to 2^53 - 1");
};
export const i64Number: Check<number> = (value, label) => {
  if (Number.isSafeInteger(value)) return value;
  throw refuse(value, label, "an integer from -(2^53 - 1) to 2^53 - 1");
};

/** The bits of a bit-field of up to 32, lowest first. @throws UsageError `bad-value` */
export function bits(value: number, width: number, signed: boolean, label: string): number {
  const low = signed ? -(2 ** (width - 1)) : 0;
  const high = 2 ** (signed ? width - 1 : width) - 1;
  if (!Number.isInteger(value) || value < low || value > high)
    throw refuse(value, label, `an integer from ${low} to ${high}`);
  return width === 32 ? value >>> 0 : value & (2 ** width - 1);
}

/** The same for up to 64 bits; of a number those that it holds exactly. @throws UsageError `bad-value` */
export function wideBits(value: number | bigint, width: number, signed: boolean, label: string): bigint {
  const given = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  const low = signed ? -(1n << BigInt(width - 1)) : 0n;
  const high = (1n << BigInt(signed ? width - 1 : width)) - 1n;
  if (typeof given !== "bigint" || given < low || given > high)
    throw refuse(value, label, `an integer from ${low} to ${high}`);
  return BigInt.asUintN(width, given);
}

/** @throws UsageError `bad-value` if there are not exactly `length` of them */
export function length(values: { readonly length: number }, length: number, label: string): void {
  if (values?.length !== length) throw refuse(values?.length, label, `a list of ${length}`);
}
