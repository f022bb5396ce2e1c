import type { Btf } from "../btf/btf.js";
import type { BtfMember, BtfType, TypeId } from "../btf/types.js";
import { SkeletonError } from "./error.js";
import { byteOrders, kernelPointers, kernelStructs } from "./known-types.js";
import type { Names } from "./names.js";
import {
  type ArrayDeclaration,
  type BitField,
  type ByteOrder,
  type EnumDeclaration,
  type IntegerSize,
  type Member,
  namesOf,
  type Shape,
  type StructDeclaration,
  type U64,
} from "./shape.js";

type Of<K extends BtfType["kind"]> = Extract<BtfType, { kind: K }>;

/** Typedefs and qualifiers count too; the kernel allows 32 levels (MAX_RESOLVE_DEPTH in kernel/bpf/btf.c). */
const maxDepth = 64;
/** Of all structs together: a struct that holds another twice, which holds a third twice …, has no end of them. */
const maxMembers = 1 << 18;
const integerSizes: readonly number[] = [1, 2, 4, 8];

/** Shapes of an object's types, and the declarations that they need: each before those that use it. */
export class Shapes {
  readonly enums: EnumDeclaration[] = [];
  readonly arrays: ArrayDeclaration[] = [];
  readonly structs: StructDeclaration[] = [];
  readonly #known = new Map<TypeId, Shape>();
  /** Declarations by what they hold: the same struct under two type ids is declared once. */
  readonly #declared = new Map<string, string>();
  #depth = 0;
  #count = 0;

  constructor(
    readonly btf: Btf,
    readonly names: Names,
    readonly u64: U64,
  ) {}

  /**
   * @param hint a name for a struct or enum that has none
   * @throws SkeletonError for a layout that contradicts itself, BtfError
   */
  of(id: TypeId, hint: string): Shape {
    const known = this.#known.get(id);
    if (known) return known;
    const shape = this.#within(`type ${id} (${hint})`, () => this.#make(id, hint, this.btf.endian));
    this.#known.set(id, shape);
    return shape;
  }

  /** One level of types within types. */
  #within<T>(what: string, make: () => T): T {
    if (++this.#depth > maxDepth)
      throw new SkeletonError("SKELETON_BAD_TYPE", `${what} is nested too deeply, or within itself`);
    const made = make();
    this.#depth--;
    return made;
  }

  #make(id: TypeId, hint: string, order: ByteOrder): Shape {
    const type = this.btf.type(id);
    switch (type.kind) {
      case "int":
        return integer(type, byteOrders[type.name] ?? order, type.name in byteOrders, this.u64);
      case "float":
        return type.size === 4 || type.size === 8
          ? { kind: "float", bytes: type.size, order }
          : { kind: "bytes", bytes: type.size };
      case "ptr":
        return { kind: "integer", bytes: 8, signed: false, order, meaning: "address", as: "bigint" };
      case "typedef": {
        const target = this.btf.type(this.btf.resolve(type.type));
        const fixed = byteOrders[type.name];
        if (fixed && target.kind === "int") return integer(target, fixed, true, this.u64);
        return this.of(type.type, type.name || hint);
      }
      case "const":
      case "volatile":
      case "restrict":
      case "type_tag":
        return this.of(type.type, hint);
      case "enum":
      case "enum64":
        return this.#enum(type, hint, order);
      case "array":
        return this.#array(type, hint, this.btf.size(id));
      case "struct":
      case "union":
        return this.#struct(type, hint);
      default:
        throw new SkeletonError(
          "SKELETON_BAD_TYPE",
          `type ${id} (${hint}) is a ${type.kind}: it has no values`,
        );
    }
  }

  #enum(type: Of<"enum" | "enum64">, hint: string, order: ByteOrder): Shape {
    const base = { bytes: integerSize(type.size, type.name || hint), signed: type.signed, order };
    if (type.values.length === 0)
      return { kind: "integer", ...base, meaning: "plain", as: base.bytes === 8 ? this.u64 : "number" };
    const wanted = type.name || hint;
    const name = this.#declare(wanted, "enum", type, (declared) => {
      this.enums.push({ name: declared, bytes: base.bytes, values: type.values });
    });
    return { kind: "enum", ...base, name };
  }

  #array(type: Of<"array">, hint: string, bytes: number): Shape {
    const as = this.#elements(type.type);
    if (as !== "array") return { kind: as, bytes };
    const element = this.of(type.type, hint);
    const length = element.bytes === 0 ? 0 : type.length;
    const name = this.#declare(`${arrayName(element)}x${length}`, "array", [element, length], (declared) => {
      this.arrays.push({ name: declared, element, length });
    });
    return { kind: "array", bytes, name };
  }

  /** C's `char` is text, other unsigned bytes are bytes. */
  #elements(id: TypeId): "text" | "bytes" | "array" {
    const element = this.btf.type(this.btf.resolve(id));
    if (element.kind !== "int" || element.size !== 1) return "array";
    if (element.name === "char" || element.encoding === "char") return "text";
    return element.encoding === "unsigned" ? "bytes" : "array";
  }

  #struct(type: Of<"struct" | "union">, hint: string): Shape {
    const wanted = type.name || hint;
    const { size: bytes } = type;
    const hidden: string[] = [];
    const members = this.#members(type, 0, wanted, hidden, type.kind === "struct");
    for (const member of members) checkWithin(member, bytes, wanted);
    const content = { what: type.kind, bytes, members, hidden } as const;
    const name = this.#declare(wanted, "struct", content, (declared) => {
      const named = withNames(members, `${declared}_union`, this.names);
      this.structs.push({ ...content, name: declared, members: named });
    });
    return { kind: "struct", bytes, name };
  }

  /**
   * Members by name; those of anonymous structs stand beside the others, those of unions are alternatives.
   *
   * @param tail whether the last one may be a flexible array
   */
  #members(
    type: Of<"struct" | "union">,
    base: number,
    owner: string,
    hidden: string[],
    tail: boolean,
  ): Member[] {
    const last = tail ? type.members.at(-1) : undefined;
    const found = type.members.map((member) => this.#member(member, base, owner, hidden, member === last));
    if (type.kind === "struct") return found.flat();
    const alternatives = found.filter((alternative) => namesOf(alternative).length > 0);
    return alternatives.length === 0 ? [] : [{ kind: "union", name: "", alternatives }];
  }

  #member(member: BtfMember, base: number, owner: string, hidden: string[], tail: boolean): Member[] {
    if (++this.#count > maxMembers)
      throw new SkeletonError(
        "SKELETON_BAD_TYPE",
        `${owner}: the object has more than ${maxMembers} members`,
      );
    const bit = base + member.bitOffset;
    const type = this.btf.type(this.btf.resolve(member.type));
    if (member.name === "") {
      // Else a bit-field without a name, which is padding.
      return type.kind === "struct" || type.kind === "union"
        ? this.#within(owner, () => this.#members(type, bit, owner, hidden, false))
        : [];
    }
    const width = member.bitfieldSize || oldBitfield(type);
    if (width > 0)
      return [this.#bits(member, bit + (type.kind === "int" ? type.bitOffset : 0), width, owner)];
    if (bit % 8 !== 0)
      throw new SkeletonError(
        "SKELETON_BAD_TYPE",
        `${owner}.${member.name} begins within a byte and is no bit-field`,
      );
    const at = bit / 8;
    const own = this.#kernelsOwn(member.type);
    if (own !== null) {
      hidden.push(`${member.name} (${own})`);
      return [];
    }
    const hint = `${owner}_${member.name}`;
    if (type.kind === "array" && type.length === 0 && tail) {
      const as = this.#elements(type.type);
      return [{ kind: "flexible", name: member.name, at, element: this.of(type.type, hint), as }];
    }
    return [{ kind: "field", name: member.name, at, shape: this.of(member.type, hint) }];
  }

  #bits(member: BtfMember, bit: number, width: number, owner: string): BitField {
    const type = this.btf.type(this.btf.resolve(member.type));
    if ((type.kind !== "int" && type.kind !== "enum" && type.kind !== "enum64") || width > type.size * 8)
      throw new SkeletonError(
        "SKELETON_BAD_TYPE",
        `${owner}.${member.name} is no bit-field of ${width} bits`,
      );
    const shape = this.of(member.type, `${owner}_${member.name}`);
    const signed = "signed" in shape ? shape.signed : false;
    const as =
      shape.kind === "bool"
        ? "boolean"
        : shape.kind === "enum" && shape.bytes < 8
          ? { enum: shape.name }
          : width > 32
            ? this.u64
            : "number";
    return { kind: "bits", name: member.name, bit, width, signed, order: this.btf.endian, as };
  }

  /** What a member that user space has no part in is called; null for the others. */
  #kernelsOwn(id: TypeId): string | null {
    const type = this.btf.type(this.btf.resolve(id));
    if (type.kind === "array") return this.#within(`type ${id}`, () => this.#kernelsOwn(type.type));
    if (type.kind === "struct") return kernelStructs.has(type.name) ? type.name : null;
    if (type.kind !== "ptr") return null;
    const pointee = this.btf.type(type.type);
    return pointee.kind === "type_tag" && kernelPointers.has(pointee.name) ? pointee.name : null;
  }

  /** The name of what is declared so already, or a new one. */
  #declare(wanted: string, kind: string, content: object, declare: (name: string) => void): string {
    const key = JSON.stringify([kind, wanted, content], (_, v: unknown) =>
      typeof v === "bigint" ? `${v}n` : v,
    );
    const known = this.#declared.get(key);
    if (known !== undefined) return known;
    const name = this.names.fresh(wanted);
    this.#declared.set(key, name);
    declare(name);
    return name;
  }
}

function integer(type: Of<"int">, order: ByteOrder, fixed: boolean, u64: U64): Shape {
  if (type.encoding === "bool" && type.size === 1) return { kind: "bool", bytes: 1 };
  if (!integerSizes.includes(type.size)) return { kind: "bytes", bytes: type.size };
  const bytes = type.size as IntegerSize;
  const meaning = fixed && order === "big" ? "network" : "plain";
  return {
    kind: "integer",
    bytes,
    signed: type.encoding === "signed" || type.encoding === "char",
    order,
    meaning,
    as: bytes === 8 ? u64 : "number",
  };
}

function integerSize(size: number, what: string): IntegerSize {
  if (integerSizes.includes(size)) return size as IntegerSize;
  throw new SkeletonError("SKELETON_BAD_TYPE", `${what} is an enum of ${size} bytes`);
}

/** Before `kind_flag`, a bit-field's width was its integer's (Documentation/bpf/btf.rst). */
const oldBitfield = (type: BtfType): number =>
  type.kind === "int" && type.encoding !== "bool" && (type.bits !== type.size * 8 || type.bitOffset > 0)
    ? type.bits
    : 0;

function checkWithin(member: Member, bytes: number, owner: string): void {
  if (member.kind === "union") {
    for (const alternative of member.alternatives)
      for (const inner of alternative) checkWithin(inner, bytes, owner);
    return;
  }
  const end =
    member.kind === "bits"
      ? Math.ceil((member.bit + member.width) / 8)
      : member.at + (member.kind === "field" ? member.shape.bytes : 0);
  if (end > bytes)
    throw new SkeletonError(
      "SKELETON_BAD_TYPE",
      `${owner}.${member.name} ends at byte ${end}, and ${owner} has ${bytes} bytes`,
    );
}

/** Names each union's list of alternatives. */
const withNames = (members: readonly Member[], wanted: string, names: Names): readonly Member[] =>
  members.map((member): Member => {
    if (member.kind !== "union") return member;
    const alternatives = member.alternatives.map((a) => withNames(a, wanted, names));
    return { kind: "union", name: names.fresh(wanted), alternatives };
  });

/** `u32` for its array `u32x4`. */
function arrayName(element: Shape): string {
  switch (element.kind) {
    case "integer":
      if (element.meaning === "address") return "pointer";
      return `${element.meaning === "network" ? "be" : element.signed ? "i" : "u"}${element.bytes * 8}`;
    case "float":
      return `f${element.bytes * 8}`;
    case "text":
    case "bytes":
      return `${element.kind}${element.bytes}`;
    case "enum":
    case "array":
    case "struct":
      return element.name;
    default:
      return element.kind;
  }
}
