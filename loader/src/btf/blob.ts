import { BtfError } from "./error.js";

/** The kernel takes at most 2^20 - 1 types (BTF_MAX_TYPE). */
const magic = 0xeb9f;
const minHeader = 24;
const hostLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** The two sections of a BTF blob. */
export interface BtfBlob {
  readonly endian: "little" | "big";
  /** The type section: it consists of 32-bit words only, here in the host's byte order. */
  readonly words: Uint32Array;
  /** Byte of the blob where the type section starts. */
  readonly typeStart: number;
  readonly strings: Uint8Array;
  /** Whether the header goes on behind its strings' place: with where the layout of kinds is (`struct btf_layout`, Linux 7.1). */
  readonly hasLongHeader: boolean;
}

/**
 * Takes a BTF blob apart (`struct btf_header`). Copies only what is misaligned or in the other byte order.
 *
 * @throws BtfError BTF_TRUNCATED, BTF_BAD_MAGIC, BTF_BAD_HEADER
 */
export function readBlob(bytes: Uint8Array): BtfBlob {
  if (bytes.byteLength < minHeader) {
    throw new BtfError(
      "BTF_TRUNCATED",
      `${bytes.byteLength} bytes are too few for a BTF header of ${minHeader}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = view.getUint16(0, true) === magic;
  if (!little && view.getUint16(0, false) !== magic) {
    throw new BtfError("BTF_BAD_MAGIC", "this is not BTF: it does not start with 0xeb9f");
  }
  if (bytes[2] !== 1) throw new BtfError("BTF_BAD_HEADER", `BTF version ${bytes[2]} is not known; 1 is`);
  const headerLength = view.getUint32(4, little);
  const part = (at: number, what: string): Uint8Array => {
    const from = headerLength + view.getUint32(at, little);
    const to = from + view.getUint32(at + 4, little);
    if (headerLength < minHeader || to > bytes.byteLength) {
      throw new BtfError(
        "BTF_BAD_HEADER",
        `the ${what} section, bytes ${from} to ${to}, is outside the blob of ${bytes.byteLength}`,
      );
    }
    return bytes.subarray(from, to);
  };
  const types = part(8, "type");
  const strings = part(16, "string");
  if (types.byteLength % 4 !== 0) {
    throw new BtfError(
      "BTF_BAD_HEADER",
      `the type section's ${types.byteLength} bytes are not whole 32-bit words`,
    );
  }
  if (strings.byteLength > 0 && strings[strings.byteLength - 1] !== 0) {
    throw new BtfError("BTF_BAD_HEADER", "the string section does not end in NUL");
  }
  return {
    endian: little ? "little" : "big",
    words: toWords(types, little === hostLittle),
    typeStart: types.byteOffset - bytes.byteOffset,
    strings,
    hasLongHeader: headerLength > minHeader,
  };
}

function toWords(bytes: Uint8Array, sameOrder: boolean): Uint32Array {
  if (sameOrder && bytes.byteOffset % 4 === 0) {
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }
  const copy = Buffer.from(bytes.slice().buffer);
  if (!sameOrder) copy.swap32();
  return new Uint32Array(copy.buffer, 0, bytes.byteLength / 4);
}
