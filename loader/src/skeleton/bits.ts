import type { Locals } from "./codec.js";
import type { BitField } from "./shape.js";

/** One integer in memory that holds a bit-field, and how far the field is from its lowest bit. */
interface Unit {
  readonly at: number;
  readonly bytes: number;
  readonly shift: number;
}

/** The smallest of up to 32 bits within the struct; null for a field that spreads over more. */
function unitOf({ bit, width, order }: BitField, structBytes: number): Unit | null {
  for (const bytes of [1, 2, 4]) {
    const at = Math.min(bit >>> 3, structBytes - bytes);
    const from = bit - at * 8;
    if (at < 0 || from + width > bytes * 8) continue;
    return { at, bytes, shift: order === "little" ? from : bytes * 8 - from - width };
  }
  return null;
}

/**
 * Code for a bit-field: one load, a shift and a mask; a store that keeps its neighbours. In big endian, bits are
 * counted from a byte's highest.
 */
export function bitsCode(
  field: BitField,
  structBytes: number,
): { read(local: Locals): string; write(local: Locals, value: string, label: string): string } {
  const { width, signed, as } = field;
  const unit = unitOf(field, structBytes);
  const place = (local: Locals, at: number): string => (at === 0 ? local.at : `${local.at} + ${at}`);
  const wide = `${field.bit % 8}, ${width}, ${signed}, ${field.order === "big"}`;
  const start = field.bit >>> 3;
  const number = (local: Locals): string =>
    unit
      ? extract(load(local, unit, field), unit, width, signed)
      : `Number(codecs.readBits(${local.view}, ${place(local, start)}, ${wide}))`;
  return {
    read: (local) => {
      if (as === "bigint") return `codecs.readBits(${local.view}, ${place(local, start)}, ${wide})`;
      if (as === "number") return number(local);
      return as === "boolean" ? `(${number(local)}) !== 0` : `(${number(local)}) as ${as.enum}`;
    },
    write: (local, value, label) => {
      const given = as === "boolean" ? `${value} ? 1 : 0` : value;
      if (!unit || as === "bigint")
        return `codecs.writeBits(${local.view}, ${place(local, start)}, ${wide}, ${given}, ${label});`;
      const fitted =
        as === "boolean" ? `(${given})` : `codecs.fit.bits(${given}, ${width}, ${signed}, ${label})`;
      const moved = unit.shift === 0 ? fitted : `(${fitted} << ${unit.shift})`;
      const last = order(unit, field);
      return `${local.view}.setUint${unit.bytes * 8}(${place(local, unit.at)}, ${load(local, unit, field)} | ${moved}${last});`;
    },
  };
}

const order = (unit: Unit, field: BitField): string =>
  unit.bytes > 1 && field.order === "little" ? ", true" : "";

const load = (local: Locals, unit: Unit, field: BitField): string =>
  `${local.view}.getUint${unit.bytes * 8}(${unit.at === 0 ? local.at : `${local.at} + ${unit.at}`}${order(unit, field)})`;

function extract(loaded: string, { bytes, shift }: Unit, width: number, signed: boolean): string {
  if (signed) return `(${loaded} << ${32 - shift - width}) >> ${32 - width}`;
  const moved = shift === 0 ? loaded : `${loaded} >>> ${shift}`;
  if (shift + width === bytes * 8) return moved;
  return `(${moved}) & 0x${(2 ** width - 1).toString(16)}`;
}
