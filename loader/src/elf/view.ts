import { ElfError } from "./error.js";

/** Reads numbers and strings of an ELF file, each within its bounds. */
export class ElfView {
  readonly little: boolean;
  readonly length: number;
  readonly #bytes: Buffer;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, little: boolean) {
    this.little = little;
    this.length = bytes.byteLength;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, this.little);
  }

  u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, this.little);
  }

  i64(at: number): bigint {
    this.#check(at, 8);
    return this.#view.getBigInt64(at, this.little);
  }

  /** A size, an offset or a set of flags: what does not fit a safe integer is damage. */
  u64(at: number): number {
    this.#check(at, 8);
    const value = Number(this.#view.getBigUint64(at, this.little));
    if (Number.isSafeInteger(value)) return value;
    throw new ElfError("ELF_BAD_HEADER", `the value at byte ${at} is larger than any file`, { offset: at });
  }

  /** An address: those of a kernel image use all 64 bits, and nothing here computes with them. */
  address(at: number): number {
    this.#check(at, 8);
    return Number(this.#view.getBigUint64(at, this.little));
  }

  /** The string at `offset` of a string table. */
  string(table: { readonly offset: number; readonly size: number }, offset: number): string {
    const end = table.offset + table.size;
    const from = table.offset + offset;
    // An empty table has no strings, yet 0 stands for "no name".
    if (offset === 0 && table.size === 0) return "";
    const to = from < end && end <= this.length ? this.#bytes.indexOf(0, from) : -1;
    if (to < 0 || to >= end) {
      throw new ElfError(
        "ELF_BAD_STRING",
        `no string at byte ${offset} of a string table of ${table.size} bytes`,
        {
          offset: from,
        },
      );
    }
    return this.#bytes.toString("utf8", from, to);
  }

  #check(at: number, size: number): void {
    if (at + size <= this.length) return;
    throw new ElfError(
      "ELF_TRUNCATED",
      `the file ends at byte ${this.length}, within what byte ${at} begins; copy or build it again`,
      {
        offset: at,
      },
    );
  }
}
