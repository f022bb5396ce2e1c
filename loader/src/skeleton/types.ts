import type { Btf } from "../btf/btf.js";
import type { BtfMember, BtfType, TypeId } from "../btf/types.js";
import { identifier, type Names } from "./names.js";

/** How one type stands in a skeleton: as a TypeScript type, as a codec, and as code that reads and writes in place. */
export interface Shape {
  /** The TypeScript type. */
  readonly ts: string;
  /** An expression for its codec. */
  readonly codec: string;
  /** Bytes. */
  readonly size: number;
  /** Code that reads it at `view`, `at`. */
  read(at: string): string;
  /** A statement that writes `value` there. */
  write(at: string, value: string): string;
  /** More for the doc comment of a field. */
  readonly note?: string;
}

interface StructField {
  readonly name: string;
  readonly ts: string;
  readonly note: string;
  readonly read: string;
  readonly write: (value: string) => string;
}

/** A struct or union that the skeleton declares. */
export interface StructDeclaration {
  readonly kind: "struct" | "union";
  readonly name: string;
  readonly size: number;
  readonly fields: readonly StructField[];
}

export interface EnumDeclaration {
  readonly name: string;
  readonly values: readonly { readonly name: string; readonly value: bigint }[];
  readonly wide: boolean;
}

const numbers: Readonly<Record<string, { ts: string; get: string; set: string }>> = {
  u8: { ts: "number", get: "getUint8", set: "setUint8" },
  u16: { ts: "number", get: "getUint16", set: "setUint16" },
  u32: { ts: "number", get: "getUint32", set: "setUint32" },
  u64: { ts: "bigint", get: "getBigUint64", set: "setBigUint64" },
  i8: { ts: "number", get: "getInt8", set: "setInt8" },
  i16: { ts: "number", get: "getInt16", set: "setInt16" },
  i32: { ts: "number", get: "getInt32", set: "setInt32" },
  i64: { ts: "bigint", get: "getBigInt64", set: "setBigInt64" },
  f32: { ts: "number", get: "getFloat32", set: "setFloat32" },
  f64: { ts: "number", get: "getFloat64", set: "setFloat64" },
};

/** Network order by the typedef's name, as the kernel's headers and the dialect write it. */
const bigEndian: Readonly<Record<string, string>> = {
  __be16: "be16",
  __be32: "be32",
  __be64: "be64",
  be16: "be16",
  be32: "be32",
  be64: "be64",
};

/** Shapes of an object's types, and the declarations that they need. */
export class Shapes {
  readonly structs: StructDeclaration[] = [];
  readonly enums: EnumDeclaration[] = [];
  readonly #known = new Map<TypeId, Shape>();

  constructor(
    readonly btf: Btf,
    readonly names: Names,
  ) {}

  /** @param hint a name for a struct that has none */
  of(id: TypeId, hint = "Value"): Shape {
    const known = this.#known.get(id);
    if (known) return known;
    const shape = this.#make(id, hint);
    this.#known.set(id, shape);
    return shape;
  }

  #make(id: TypeId, hint: string): Shape {
    const type = this.btf.type(id);
    switch (type.kind) {
      case "int":
        return intShape(type);
      case "float":
        return number(type.size === 4 ? "f32" : "f64", type.size);
      case "ptr":
        return { ...number("u64", 8), note: "An address." };
      case "typedef": {
        const order = bigEndian[type.name];
        const size = this.btf.size(id);
        return order ? networkOrder(order, size) : this.of(type.type, type.name || hint);
      }
      case "const":
      case "volatile":
      case "restrict":
      case "type_tag":
        return this.of(type.type, hint);
      case "enum":
      case "enum64":
        return this.#enum(type, hint);
      case "array":
        return this.#array(type, hint);
      case "struct":
      case "union":
        return this.#struct(id, type, hint);
      default: {
        const size =
          type.kind === "fwd" || type.kind === "void" || type.kind === "func_proto" ? 0 : this.btf.size(id);
        return bytesShape(size);
      }
    }
  }

  #array(type: BtfType & { kind: "array" }, hint: string): Shape {
    const element = this.btf.type(this.btf.resolve(type.type));
    const { length } = type;
    if (element.kind === "int" && element.size === 1 && element.name === "char")
      return {
        ts: "string",
        codec: `codecs.text(${length})`,
        size: length,
        read: (at) => `codecs.readText(view, ${at}, ${length})`,
        write: (at, value) => `codecs.writeText(view, ${at}, ${length}, ${value});`,
        note: `At most ${length - 1} bytes of UTF-8.`,
      };
    if (element.kind === "int" && element.size === 1 && element.encoding === "unsigned")
      return bytesShape(length);
    const inner = this.of(type.type, hint);
    return {
      ts: `readonly ${/ /.test(inner.ts) ? `(${inner.ts})` : inner.ts}[]`,
      codec: `codecs.array(${inner.codec}, ${length})`,
      size: inner.size * length,
      read: (at) => `codecs.readArray(view, ${at}, ${length}, ${inner.codec})`,
      write: (at, value) => `codecs.writeArray(view, ${at}, ${length}, ${inner.codec}, ${value});`,
      note: `${length} elements.`,
    };
  }

  #enum(type: BtfType & { kind: "enum" | "enum64" }, hint: string): Shape {
    const base = number(`${type.signed ? "i" : "u"}${type.size * 8}`, type.size);
    if (type.values.length === 0) return base;
    const name = this.names.fresh(type.name || hint);
    this.enums.push({ name, values: type.values, wide: type.size === 8 });
    // Memory may hold a number that is no member: the type stays open.
    return { ...base, ts: `${name} | ${base.ts}`, codec: base.codec };
  }

  #struct(id: TypeId, type: BtfType & { kind: "struct" | "union" }, hint: string): Shape {
    const name = this.names.fresh(type.name || hint);
    const shape: Shape = {
      ts: name,
      codec: name,
      size: type.size,
      read: (at) => `${name}.read(view, ${at})`,
      write: (at, value) => `${name}.write(view, ${at}, ${value});`,
    };
    this.#known.set(id, shape); // a struct may hold a pointer to itself
    const fields = this.#fields(type.members, 0, name);
    this.structs.push({ kind: type.kind, name, size: type.size, fields });
    return shape;
  }

  /** Members by name; those of anonymous structs stand beside the others. */
  #fields(members: readonly BtfMember[], base: number, owner: string): StructField[] {
    return members.flatMap((member) => {
      const bit = base + member.bitOffset;
      if (member.bitfieldSize > 0) return [this.#bits(member, bit)];
      const inner = this.btf.type(this.btf.resolve(member.type));
      if (member.name === "" && (inner.kind === "struct" || inner.kind === "union"))
        return this.#fields(inner.members, bit, owner);
      const shape = this.of(member.type, `${owner}_${identifier(member.name)}`);
      const at = offset(bit / 8);
      return [
        {
          name: member.name,
          ts: shape.ts,
          note: shape.note ?? "",
          read: shape.read(at),
          write: (value) => shape.write(at, value),
        },
      ];
    });
  }

  #bits(member: BtfMember, bit: number): StructField {
    const type = this.btf.type(this.btf.resolve(member.type));
    const signed =
      (type.kind === "int" && (type.encoding === "signed" || type.encoding === "char")) ||
      (type.kind === "enum" && type.signed);
    const width = member.bitfieldSize;
    const wide = width > 32;
    const read = `codecs.readBits(view, at, ${bit}, ${width}, ${signed})`;
    return {
      name: member.name,
      ts: wide ? "bigint" : "number",
      note: `${width} bit${width === 1 ? "" : "s"}.`,
      read: wide ? read : `Number(${read})`,
      write: (value) => `codecs.writeBits(view, at, ${bit}, ${width}, ${value});`,
    };
  }
}

const offset = (bytes: number): string => (bytes === 0 ? "at" : `at + ${bytes}`);

function intShape(type: BtfType & { kind: "int" }): Shape {
  if (type.encoding === "bool")
    return {
      ts: "boolean",
      codec: "codecs.bool",
      size: 1,
      read: (at) => `view.getUint8(${at}) !== 0`,
      write: (at, value) => `view.setUint8(${at}, ${value} ? 1 : 0);`,
    };
  if (type.size > 8) return bytesShape(type.size);
  return number(`${type.encoding === "unsigned" ? "u" : "i"}${type.size * 8}`, type.size);
}

function number(name: string, size: number): Shape {
  const accessor = numbers[name];
  if (!accessor) return bytesShape(size);
  const order = size > 1 ? ", true" : "";
  return {
    ts: accessor.ts,
    codec: `codecs.${name}`,
    size,
    read: (at) => `view.${accessor.get}(${at}${order})`,
    write: (at, value) => `view.${accessor.set}(${at}, ${value}${order});`,
  };
}

function networkOrder(name: string, size: number): Shape {
  const accessor = numbers[`u${size * 8}`];
  if (!accessor) return bytesShape(size);
  return {
    ts: accessor.ts,
    codec: `codecs.${name}`,
    size,
    read: (at) => `view.${accessor.get}(${at})`,
    write: (at, value) => `view.${accessor.set}(${at}, ${value});`,
    note: "In network order in memory; here the number that it means.",
  };
}

const bytesShape = (size: number): Shape => ({
  ts: "Uint8Array",
  codec: `codecs.bytes(${size})`,
  size,
  read: (at) => `codecs.readBytes(view, ${at}, ${size})`,
  write: (at, value) => `codecs.writeBytes(view, ${at}, ${size}, ${value});`,
  note: `${size} bytes.`,
});
