import { layouts } from "./attr.generated.js";

export type LayoutName = keyof typeof layouts;
export type FieldName<L extends LayoutName> = keyof (typeof layouts)[L]["fields"] & string;
/** Values by field: numbers, 64-bit values, or bytes for arrays (a NUL-terminated name). */
export type FieldValues<L extends LayoutName> = { readonly [F in FieldName<L>]?: number | bigint | string };

const textEncoder = new TextEncoder();

/** A struct of the kernel as bytes: fields not given are zero, which the kernel takes as "not used". */
export class Struct<L extends LayoutName> {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #fields: Readonly<Record<string, readonly [number, number]>>;

  constructor(layout: L, values: FieldValues<L> = {}) {
    this.bytes = new Uint8Array(layouts[layout].size);
    this.#view = new DataView(this.bytes.buffer);
    this.#fields = layouts[layout].fields;
    for (const [field, value] of Object.entries(values)) {
      if (value !== undefined) this.set(field as FieldName<L>, value as number | bigint | string);
    }
  }

  set(field: FieldName<L>, value: number | bigint | string): void {
    const [offset, size] = this.#place(field);
    if (typeof value === "string") {
      // A name is cut to what fits, with its NUL: the kernel keeps 15 bytes of it.
      this.bytes.set(textEncoder.encode(value).subarray(0, size - 1), offset);
    } else if (size === 8) this.#view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
    else if (size === 4) this.#view.setUint32(offset, Number(value) >>> 0, true);
    else if (size === 2) this.#view.setUint16(offset, Number(value), true);
    else this.#view.setUint8(offset, Number(value));
  }

  number(field: FieldName<L>): number {
    const [offset, size] = this.#place(field);
    if (size === 8) return Number(this.#view.getBigUint64(offset, true));
    return size === 4
      ? this.#view.getUint32(offset, true)
      : size === 2
        ? this.#view.getUint16(offset, true)
        : this.#view.getUint8(offset);
  }

  /** Without loss, for 64-bit fields. */
  bigint(field: FieldName<L>): bigint {
    const [offset, size] = this.#place(field);
    return size === 8 ? this.#view.getBigUint64(offset, true) : BigInt(this.number(field));
  }

  /** A NUL-terminated text. */
  text(field: FieldName<L>): string {
    const [offset, size] = this.#place(field);
    const bytes = this.bytes.subarray(offset, offset + size);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  /** Lower-case hexadecimal digits of a byte array. */
  hex(field: FieldName<L>): string {
    const [offset, size] = this.#place(field);
    return Buffer.from(this.bytes.subarray(offset, offset + size)).toString("hex");
  }

  #place(field: string): readonly [number, number] {
    const place = this.#fields[field];
    if (!place) throw new RangeError(`no field ${field}`);
    return place;
  }
}
