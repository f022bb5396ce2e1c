import type { Codec } from "../codec.js";

// What generated codecs are made of. Values in memory are little-endian, as the object's target is.

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

const integer = <T>(size: number, read: Codec<T>["read"], write: Codec<T>["write"]): Codec<T> => ({
  size,
  read,
  write,
});

export const u8 = integer<number>(
  1,
  (v, at) => v.getUint8(at),
  (v, at, x) => v.setUint8(at, x),
);
export const u16 = integer<number>(
  2,
  (v, at) => v.getUint16(at, true),
  (v, at, x) => v.setUint16(at, x, true),
);
export const u32 = integer<number>(
  4,
  (v, at) => v.getUint32(at, true),
  (v, at, x) => v.setUint32(at, x, true),
);
export const u64 = integer<bigint>(
  8,
  (v, at) => v.getBigUint64(at, true),
  (v, at, x) => v.setBigUint64(at, x, true),
);
export const i8 = integer<number>(
  1,
  (v, at) => v.getInt8(at),
  (v, at, x) => v.setInt8(at, x),
);
export const i16 = integer<number>(
  2,
  (v, at) => v.getInt16(at, true),
  (v, at, x) => v.setInt16(at, x, true),
);
export const i32 = integer<number>(
  4,
  (v, at) => v.getInt32(at, true),
  (v, at, x) => v.setInt32(at, x, true),
);
export const i64 = integer<bigint>(
  8,
  (v, at) => v.getBigInt64(at, true),
  (v, at, x) => v.setBigInt64(at, x, true),
);
export const bool = integer<boolean>(
  1,
  (v, at) => v.getUint8(at) !== 0,
  (v, at, x) => v.setUint8(at, x ? 1 : 0),
);
/** Network order in memory: the value is the number that it means. */
export const be16 = integer<number>(
  2,
  (v, at) => v.getUint16(at),
  (v, at, x) => v.setUint16(at, x),
);
export const be32 = integer<number>(
  4,
  (v, at) => v.getUint32(at),
  (v, at, x) => v.setUint32(at, x),
);
export const be64 = integer<bigint>(
  8,
  (v, at) => v.getBigUint64(at),
  (v, at, x) => v.setBigUint64(at, x),
);
export const f32 = integer<number>(
  4,
  (v, at) => v.getFloat32(at, true),
  (v, at, x) => v.setFloat32(at, x, true),
);
export const f64 = integer<number>(
  8,
  (v, at) => v.getFloat64(at, true),
  (v, at, x) => v.setFloat64(at, x, true),
);

const bytesAt = (view: DataView, at: number, length: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, length);

/** Zeroes a struct before its fields are written: padding holds nothing. */
export function clear(view: DataView, at: number, length: number): void {
  bytesAt(view, at, length).fill(0);
}

/** `char[length]`: UTF-8 up to the first NUL. What is not UTF-8 is shown by the replacement character. */
export function readText(view: DataView, at: number, length: number): string {
  const bytes = bytesAt(view, at, length);
  const end = bytes.indexOf(0);
  return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** @throws RangeError for a text that does not fit with its NUL */
export function writeText(view: DataView, at: number, length: number, text: string): void {
  const bytes = encoder.encode(text);
  if (bytes.length >= length)
    throw new RangeError(`a text of ${bytes.length} bytes does not fit char[${length}] with its NUL`);
  const target = bytesAt(view, at, length);
  target.fill(0);
  target.set(bytes);
}

/** A copy: the view's memory may be the kernel's. */
export const readBytes = (view: DataView, at: number, length: number): Uint8Array =>
  bytesAt(view, at, length).slice();

/** @throws RangeError if there are not exactly `length` bytes */
export function writeBytes(view: DataView, at: number, length: number, bytes: Uint8Array): void {
  if (bytes.length !== length) throw new RangeError(`${length} bytes are wanted, not ${bytes.length}`);
  bytesAt(view, at, length).set(bytes);
}

export function readArray<T>(view: DataView, at: number, length: number, element: Codec<T>): T[] {
  return Array.from({ length }, (_, i) => element.read(view, at + i * element.size));
}

/** @throws RangeError if there are not exactly `length` elements */
export function writeArray<T>(
  view: DataView,
  at: number,
  length: number,
  element: Codec<T>,
  values: readonly T[],
): void {
  if (values.length !== length) throw new RangeError(`${length} elements are wanted, not ${values.length}`);
  values.forEach((value, i) => {
    element.write(view, at + i * element.size, value);
  });
}

/** An array as a value of its own. */
export const array = <T>(element: Codec<T>, length: number): Codec<readonly T[]> => ({
  size: element.size * length,
  read: (view, at) => readArray(view, at, length, element),
  write: (view, at, values) => writeArray(view, at, length, element, values),
});
export const text = (length: number): Codec<string> => ({
  size: length,
  read: (view, at) => readText(view, at, length),
  write: (view, at, value) => writeText(view, at, length, value),
});
export const bytes = (length: number): Codec<Uint8Array> => ({
  size: length,
  read: (view, at) => readBytes(view, at, length),
  write: (view, at, value) => writeBytes(view, at, length, value),
});

/** A bit-field of up to 64 bits; `bit` counts from byte `at`. */
export function readBits(view: DataView, at: number, bit: number, width: number, signed: boolean): bigint {
  let value = 0n;
  const first = at + (bit >>> 3);
  const shift = bit & 7;
  const count = Math.ceil((shift + width) / 8);
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(view.getUint8(first + i));
  value >>= BigInt(shift);
  return signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
}

/** Sets a bit-field and leaves its neighbours. */
export function writeBits(
  view: DataView,
  at: number,
  bit: number,
  width: number,
  value: number | bigint,
): void {
  let bits = BigInt.asUintN(width, BigInt(value));
  for (let i = 0; i < width; i++, bits >>= 1n) {
    const position = bit + i;
    const place = at + (position >>> 3);
    const mask = 1 << (position & 7);
    view.setUint8(place, bits & 1n ? view.getUint8(place) | mask : view.getUint8(place) & ~mask);
  }
}

/** A union is written through one member. @throws TypeError if none or several are given */
export function oneMember(value: object): string {
  const given = Object.entries(value).filter(([, member]) => member !== undefined);
  const [only] = given;
  if (given.length !== 1 || !only)
    throw new TypeError(`a union is written through one member, and ${given.length} are given`);
  return only[0];
}
