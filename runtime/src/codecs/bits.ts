import * as fit from "./fit.js";

/**
 * A bit-field of up to 64 bits that no 32-bit load holds. `bit` counts from byte `at`: the lowest bit of a byte
 * first, in big endian the highest.
 */
export function readBits(
  view: DataView,
  at: number,
  bit: number,
  width: number,
  signed: boolean,
  big: boolean,
): bigint {
  const count = Math.ceil((bit + width) / 8);
  let value = 0n;
  for (let i = 0; i < count; i++)
    value = (value << 8n) | BigInt(view.getUint8(at + (big ? i : count - 1 - i)));
  value >>= BigInt(big ? count * 8 - bit - width : bit);
  return signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
}

/** Sets such a bit-field in memory that is zero there; its neighbours stay. @throws UsageError `bad-value` */
export function writeBits(
  view: DataView,
  at: number,
  bit: number,
  width: number,
  signed: boolean,
  big: boolean,
  value: number | bigint,
  label: string,
): void {
  const count = Math.ceil((bit + width) / 8);
  let bits = fit.wideBits(value, width, signed, label) << BigInt(big ? count * 8 - bit - width : bit);
  for (let i = 0; i < count; i++, bits >>= 8n) {
    const place = at + (big ? count - 1 - i : i);
    view.setUint8(place, view.getUint8(place) | Number(bits & 0xffn));
  }
}
