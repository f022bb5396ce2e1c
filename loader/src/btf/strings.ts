import { BtfError } from "./error.js";

/** FNV-1a's 32-bit parameters. */
const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;
const underscore = 0x5f;

/**
 * The string section of BTF, decoded on demand: the kernel's holds a million bytes, of which a loader reads
 * a few names. Offsets of split BTF count on from the end of the base's strings.
 */
export class BtfStrings {
  readonly #bytes: Buffer;
  readonly #base: BtfStrings | null;
  readonly #start: number;
  /** Bytes of this table and all below it. */
  readonly end: number;

  constructor(bytes: Uint8Array, base: BtfStrings | null) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    this.#start = base === null ? 0 : base.end;
    this.end = this.#start + bytes.byteLength;
  }

  /** @throws BtfError BTF_BAD_STRING outside the table. */
  at(offset: number): string {
    if (offset < this.#start && this.#base !== null) return this.#base.at(offset);
    const from = offset - this.#start;
    const to = from >= 0 && from < this.#bytes.length ? this.#bytes.indexOf(0, from) : -1;
    if (to < 0) throw badOffset(offset, this.end);
    return this.#bytes.toString("utf8", from, to);
  }

  /** True if the string at `offset` is `name` (its UTF-8 bytes). */
  equals(offset: number, name: Uint8Array): boolean {
    if (offset < this.#start && this.#base !== null) return this.#base.equals(offset, name);
    const from = offset - this.#start;
    const bytes = this.#bytes;
    if (from < 0 || from + name.length >= bytes.length) return false;
    for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false;
    return bytes[from + name.length] === 0;
  }

  /**
   * Hash of the string's essential part: what stands before the last CO-RE flavour (`___x`). So one index
   * serves both exact look-ups and CO-RE's, which ignore flavours on either side.
   */
  hash(offset: number): number {
    if (offset < this.#start && this.#base !== null) return this.#base.hash(offset);
    const from = offset - this.#start;
    if (from < 0 || from >= this.#bytes.length) throw badOffset(offset, this.end);
    return hashEssential(this.#bytes, from);
  }
}

/** Length of a name without its last flavour: exactly three underscores with other characters around them. */
export function essentialName(name: string): string {
  for (let i = name.length - 5; i >= 0; i--) {
    if (name[i] !== "_" && name.startsWith("___", i + 1) && name[i + 4] !== "_") return name.slice(0, i + 1);
  }
  return name;
}

/** FNV-1a of the bytes from `from` to a NUL (or the end), cut before the last flavour. */
export function hashEssential(bytes: Uint8Array, from: number): number {
  let hash = fnvOffset;
  let essential: number | null = null;
  let beforeRun = 0;
  let run = 0;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === 0) break;
    if (byte === underscore) {
      if (run === 0) beforeRun = hash;
      run++;
    } else {
      if (run === 3 && i - 3 > from) essential = beforeRun;
      run = 0;
    }
    hash = Math.imul(hash ^ byte, fnvPrime);
  }
  return (essential ?? hash) >>> 0;
}

function badOffset(offset: number, end: number): BtfError {
  return new BtfError(
    "BTF_BAD_STRING",
    `string offset ${offset} is outside the BTF string table of ${end} bytes; the BTF is damaged, or split BTF was parsed without its base`,
  );
}
