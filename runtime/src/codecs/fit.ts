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

const number =
  (low: number, high: number): Check<number> =>
  (value, label) => {
    if (Number.isInteger(value) && value >= low && value <= high) return value;
    throw refuse(value, label, `an integer from ${low} to ${high}`);
  };

const big =
  (low: bigint, high: bigint): Check<bigint> =>
  (value, label) => {
    if (typeof value === "bigint" && value >= low && value <= high) return value;
    throw refuse(value, label, `a bigint from ${low}n to ${high}n`);
  };

/** The value if its type holds it. @throws UsageError `bad-value`, naming `label` */
export const u8: Check<number> = number(0, 0xff);
export const u16: Check<number> = number(0, 0xffff);
export const u32: Check<number> = number(0, 0xffff_ffff);
export const u64: Check<bigint> = big(0n, 0xffff_ffff_ffff_ffffn);
export const i8: Check<number> = number(-0x80, 0x7f);
export const i16: Check<number> = number(-0x8000, 0x7fff);
export const i32: Check<number> = number(-0x8000_0000, 0x7fff_ffff);
export const i64: Check<bigint> = big(-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn);

/** The bits of a bit-field of up to 32, lowest first. @throws UsageError `bad-value` */
export function bits(value: number, width: number, signed: boolean, label: string): number {
  const low = signed ? -(2 ** (width - 1)) : 0;
  const high = 2 ** (signed ? width - 1 : width) - 1;
  if (!Number.isInteger(value) || value < low || value > high)
    throw refuse(value, label, `an integer from ${low} to ${high}`);
  return width === 32 ? value >>> 0 : value & (2 ** width - 1);
}

/** The same for up to 64 bits. @throws UsageError `bad-value` */
export function wideBits(value: number | bigint, width: number, signed: boolean, label: string): bigint {
  const given = typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
  const low = signed ? -(1n << BigInt(width - 1)) : 0n;
  const high = (1n << BigInt(signed ? width - 1 : width)) - 1n;
  if (typeof given !== "bigint" || given < low || given > high)
    throw refuse(value, label, `an integer from ${low} to ${high}`);
  return BigInt.asUintN(width, given);
}

/** @throws UsageError `bad-value` if there are not exactly `length` of them */
export function length(values: { readonly length: number }, length: number, label: string): void {
  if (values?.length !== length) throw refuse(`${values?.length}`, label, `a list of ${length}`);
}
