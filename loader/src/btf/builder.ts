import { BtfError } from "./error.js";
import { MAX_VLEN, makeInfo } from "./kinds.js";
import type { BtfType, IntEncoding, Linkage, TypeId } from "./types.js";

export interface EncodeOptions {
  /** Default: little. */
  readonly endian?: "little" | "big";
  /**
   * A string section to begin with, so that what refers to its offsets (`.BTF.ext`, line info) stays valid;
   * new strings are appended.
   */
  readonly strings?: Uint8Array;
}

/**
 * Encodes types to a BTF blob. The first gets id 1; `void` is not among them. References are not checked: a
 * type may name one that comes later, or (in tests) one that does not exist.
 *
 * @throws BtfError BTF_BAD_TYPE if there are too many types, members, or a field does not fit
 */
export function encodeBtf(types: readonly BtfType[], options: EncodeOptions = {}): Uint8Array {
  const strings = new StringTable(options.strings ?? new Uint8Array(1));
  const words = types.flatMap((type) => encodeType(type, strings));
  const text = strings.bytes();
  const little = options.endian !== "big";
  const bytes = new Uint8Array(24 + words.length * 4 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, little);
  view.setUint8(2, 1);
  const header = [24, 0, words.length * 4, words.length * 4, text.length];
  for (const [i, value] of header.entries()) view.setUint32(4 + i * 4, value, little);
  for (const [i, value] of words.entries()) view.setUint32(24 + i * 4, value, little);
  bytes.set(text, 24 + words.length * 4);
  return bytes;
}

/** Collects types, giving each its id. */
export class BtfBuilder {
  readonly #types: BtfType[] = [];

  /** Adds a type and returns its id, from 1. */
  add(type: BtfType): TypeId {
    return this.#types.push(type);
  }

  /** Puts another type in the place of an id: for types that refer to each other. */
  replace(id: TypeId, type: BtfType): void {
    if (id < 1 || id > this.#types.length) throw new BtfError("BTF_BAD_ID", `no type has id ${id} yet`);
    this.#types[id - 1] = type;
  }

  /** @throws BtfError */
  build(options?: EncodeOptions): Uint8Array {
    return encodeBtf(this.#types, options);
  }
}

/** The words of one type: `struct btf_type`, and what its kind puts behind it. */
function encodeType(type: BtfType, strings: StringTable): number[] {
  const head = (third: number, vlen = 0, flag = false): number[] => {
    if (vlen > MAX_VLEN) throw new BtfError("BTF_BAD_TYPE", `${vlen} members are more than BTF can count`);
    const name = "name" in type ? strings.add(type.name) : 0;
    return [name, makeInfo(type.kind, vlen, flag), third >>> 0];
  };
  switch (type.kind) {
    case "void":
      throw new BtfError("BTF_BAD_TYPE", "void is id 0 and is not encoded");
    case "int":
      return [
        ...head(type.size),
        ((encodings[type.encoding] << 24) | (type.bitOffset << 16) | type.bits) >>> 0,
      ];
    case "ptr":
    case "typedef":
    case "type_tag":
    case "volatile":
    case "const":
    case "restrict":
      return head(type.type);
    case "array":
      return [...head(0), type.type, type.indexType, type.length];
    case "struct":
    case "union": {
      const packed = type.members.some((member) => member.bitfieldSize > 0);
      return [
        ...head(type.size, type.members.length, packed),
        ...type.members.flatMap((member) => [
          strings.add(member.name),
          member.type,
          packed ? ((member.bitfieldSize << 24) | packedOffset(member.bitOffset)) >>> 0 : member.bitOffset,
        ]),
      ];
    }
    case "enum":
      return [
        ...head(type.size, type.values.length, type.signed),
        ...type.values.flatMap(({ name, value }) => [strings.add(name), Number(BigInt.asUintN(32, value))]),
      ];
    case "enum64":
      return [
        ...head(type.size, type.values.length, type.signed),
        ...type.values.flatMap(({ name, value }) => [
          strings.add(name),
          Number(BigInt.asUintN(32, value)),
          Number(BigInt.asUintN(32, value >> 32n)),
        ]),
      ];
    case "fwd":
      return head(0, 0, type.union);
    case "func":
      return head(type.type, linkages[type.linkage]);
    case "func_proto":
      return [
        ...head(type.returns, type.params.length),
        ...type.params.flatMap((param) => [strings.add(param.name), param.type]),
      ];
    case "var":
      return [...head(type.type), linkages[type.linkage]];
    case "datasec":
      return [
        ...head(type.size, type.vars.length),
        ...type.vars.flatMap((variable) => [variable.type, variable.offset, variable.size]),
      ];
    case "float":
      return head(type.size);
    case "decl_tag":
      return [...head(type.type), type.component >>> 0];
  }
}

/** In a struct with bit-fields an offset has 24 bits (BTF_MEMBER_BIT_OFFSET). */
function packedOffset(bits: number): number {
  if (bits <= 0xffffff) return bits;
  throw new BtfError("BTF_BAD_TYPE", `bit offset ${bits} does not fit a struct with bit-fields`);
}

const encodings: Readonly<Record<IntEncoding, number>> = { unsigned: 0, signed: 1, char: 2, bool: 4 };
const linkages: Readonly<Record<Linkage, number>> = { static: 0, global: 1, extern: 2 };

/** Strings, each once, behind those of the table it begins with. */
class StringTable {
  readonly #offsets = new Map<string, number>();
  readonly #parts: Uint8Array[];
  #length: number;

  constructor(start: Uint8Array) {
    this.#parts = [start];
    this.#length = start.length;
    const text = Buffer.from(start.buffer, start.byteOffset, start.byteLength);
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf(0, at);
      const stop = end < 0 ? text.length : end;
      const name = text.toString("utf8", at, stop);
      if (!this.#offsets.has(name)) this.#offsets.set(name, at);
      at = stop + 1;
    }
  }

  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(`${text}\0`);
    const offset = this.#length;
    this.#offsets.set(text, offset);
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return offset;
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }
}
