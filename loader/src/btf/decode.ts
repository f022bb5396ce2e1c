import { BtfError } from "./error.js";
import { btfKinds, infoFlag, infoKind, infoVlen } from "./kinds.js";
import type { BtfStrings } from "./strings.js";
import type { BtfKind, BtfType, IntEncoding, Linkage } from "./types.js";

/** One type's words and where its strings are. */
interface Raw {
  readonly words: Uint32Array;
  /** Index of `struct btf_type` in `words`: name_off, info, size or type. */
  readonly at: number;
  readonly info: number;
  readonly strings: BtfStrings;
}

/**
 * Decodes the type at word `at`. The caller has checked that it lies within `words`.
 *
 * @throws BtfError BTF_BAD_STRING, BTF_BAD_TYPE
 */
export function decodeType(words: Uint32Array, at: number, strings: BtfStrings): BtfType {
  const info = words[at + 1]!;
  const kind = btfKinds[infoKind(info)]!;
  return decoders[kind]({ words, at, info, strings });
}

const name = (raw: Raw): string => raw.strings.at(raw.words[raw.at]!);
/** The union `size`/`type` of `struct btf_type`. */
const third = (raw: Raw): number => raw.words[raw.at + 2]!;
const extra = (raw: Raw, i: number): number => raw.words[raw.at + 3 + i]!;

const decoders: Readonly<Record<BtfKind, (raw: Raw) => BtfType>> = {
  void: () => ({ kind: "void" }),
  int: (raw) => {
    const word = extra(raw, 0);
    return {
      kind: "int",
      name: name(raw),
      size: third(raw),
      bits: word & 0xff,
      bitOffset: (word >>> 16) & 0xff,
      encoding: encodings[(word >>> 24) & 0xf] ?? bad(`integer encoding ${(word >>> 24) & 0xf}`),
    };
  },
  ptr: (raw) => ({ kind: "ptr", type: third(raw) }),
  array: (raw) => ({ kind: "array", type: extra(raw, 0), indexType: extra(raw, 1), length: extra(raw, 2) }),
  struct: (raw) => composite("struct", raw),
  union: (raw) => composite("union", raw),
  enum: (raw) => {
    const signed = infoFlag(raw.info);
    return {
      kind: "enum",
      name: name(raw),
      size: third(raw),
      signed,
      values: list(raw, 2, (at) => {
        const value = extra(raw, at + 1);
        return { name: raw.strings.at(extra(raw, at)), value: BigInt(signed ? value | 0 : value) };
      }),
    };
  },
  enum64: (raw) => {
    const signed = infoFlag(raw.info);
    return {
      kind: "enum64",
      name: name(raw),
      size: third(raw),
      signed,
      values: list(raw, 3, (at) => {
        const value = (BigInt(extra(raw, at + 2)) << 32n) | BigInt(extra(raw, at + 1));
        return { name: raw.strings.at(extra(raw, at)), value: signed ? BigInt.asIntN(64, value) : value };
      }),
    };
  },
  fwd: (raw) => ({ kind: "fwd", name: name(raw), union: infoFlag(raw.info) }),
  typedef: (raw) => ({ kind: "typedef", name: name(raw), type: third(raw) }),
  type_tag: (raw) => ({ kind: "type_tag", name: name(raw), type: third(raw) }),
  volatile: (raw) => ({ kind: "volatile", type: third(raw) }),
  const: (raw) => ({ kind: "const", type: third(raw) }),
  restrict: (raw) => ({ kind: "restrict", type: third(raw) }),
  // A func keeps its linkage where other kinds keep their count.
  func: (raw) => ({ kind: "func", name: name(raw), type: third(raw), linkage: linkage(infoVlen(raw.info)) }),
  func_proto: (raw) => ({
    kind: "func_proto",
    returns: third(raw),
    params: list(raw, 2, (at) => ({ name: raw.strings.at(extra(raw, at)), type: extra(raw, at + 1) })),
  }),
  var: (raw) => ({ kind: "var", name: name(raw), type: third(raw), linkage: linkage(extra(raw, 0)) }),
  datasec: (raw) => ({
    kind: "datasec",
    name: name(raw),
    size: third(raw),
    vars: list(raw, 3, (at) => ({
      type: extra(raw, at),
      offset: extra(raw, at + 1),
      size: extra(raw, at + 2),
    })),
  }),
  float: (raw) => ({ kind: "float", name: name(raw), size: third(raw) }),
  decl_tag: (raw) => ({ kind: "decl_tag", name: name(raw), type: third(raw), component: extra(raw, 0) | 0 }),
};

function composite(kind: "struct" | "union", raw: Raw): BtfType {
  // With the flag, a member's offset word holds a bit-field's width in its top byte (BTF_MEMBER_BITFIELD_SIZE).
  const packed = infoFlag(raw.info);
  return {
    kind,
    name: name(raw),
    size: third(raw),
    members: list(raw, 3, (at) => {
      const offset = extra(raw, at + 2);
      return {
        name: raw.strings.at(extra(raw, at)),
        type: extra(raw, at + 1),
        bitOffset: packed ? offset & 0xffffff : offset,
        bitfieldSize: packed ? offset >>> 24 : 0,
      };
    }),
  };
}

function list<T>(raw: Raw, stride: number, item: (at: number) => T): T[] {
  return Array.from({ length: infoVlen(raw.info) }, (_, i) => item(i * stride));
}

/** `BTF_INT_SIGNED`, `_CHAR`, `_BOOL` exclude one another (btf_int_check_meta in kernel/bpf/btf.c). */
const encodings: Readonly<Record<number, IntEncoding>> = { 0: "unsigned", 1: "signed", 2: "char", 4: "bool" };
const linkages: readonly Linkage[] = ["static", "global", "extern"];
const linkage = (value: number): Linkage => linkages[value] ?? bad(`linkage ${value}`);

function bad(what: string): never {
  throw new BtfError("BTF_BAD_TYPE", `${what} is not known`);
}
