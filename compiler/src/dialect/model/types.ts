import type { Loc } from "./location.js";

/** The dialect's types, with C layout decided. Aggregates (struct, array, str) are always handled by address. */
export type Type =
  | IntType
  | BoolType
  | EnumType
  | StructType
  | ArrayType
  | StrType
  | PointerType
  | MapRefType
  | VoidType
  | ConstantType
  | ErrorType;

export interface IntType {
  readonly kind: "int";
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
  /** Network order in memory: `be16`, `be32`, `be64`. The value is the raw memory, as in C. */
  readonly bigEndian: boolean;
  /** A context field that is a packet pointer to the verifier, though declared `u32` as in the kernel's header. */
  readonly packet?: true;
}

/** `data`, `data_end` or `data_meta` of a packet's context. */
export const packetPointer: IntType = {
  kind: "int",
  bits: 32,
  signed: false,
  bigEndian: false,
  packet: true,
};

/** One byte in memory. */
export interface BoolType {
  readonly kind: "bool";
}

export interface EnumType {
  readonly kind: "enum";
  readonly name: string;
  readonly bits: 32 | 64;
  readonly signed: boolean;
  readonly members: readonly { readonly name: string; readonly value: bigint }[];
  /** The kernel's (from a `vmlinux` module): its values are relocatable. */
  readonly kernel: boolean;
}

/**
 * Where a struct's definition comes from: `local` is the probe's own (fixed C layout), `kernel` is relocated
 * by CO-RE, `context` is fixed UAPI that the verifier rewrites access by access.
 */
export type StructOrigin = "local" | "kernel" | "context";

export interface StructType {
  readonly kind: "struct";
  /** C name, a valid identifier; empty for an anonymous one. */
  readonly name: string;
  readonly union: boolean;
  readonly origin: StructOrigin;
  /** Filled in when the struct's fields are resolved; a struct may point to itself. */
  readonly shape: StructShape;
  /** Where it is declared, for messages. */
  readonly loc: Loc | null;
  /**
   * Of a tracepoint's context, whose pointers are numbers to the verifier: where they lead, it does not follow. The
   * fields of a `sys_enter_*` event are registers in `args`, by these names and types.
   */
  readonly event: { readonly registers: readonly { readonly name: string; readonly type: Type }[] } | null;
  readonly contains?: Contains;
}

/** Of the head of a list or the root of a tree: what hangs in it, and by which field (BTF: `contains:of:node`). */
export interface Contains {
  readonly of: StructType;
  readonly node: string;
}

export interface StructShape {
  fields: readonly Field[];
  /** Bytes. */
  size: number;
  align: number;
  /**
   * Of an object that the program allocates, and what is embedded in one: the verifier holds each access against the
   * members in BTF, and refuses one that spans two (kernel: `btf_struct_walk`).
   */
  memberwise?: true;
}

export interface Field {
  readonly name: string;
  readonly type: Type;
  /** Bytes from the start of the struct; of the storage unit for a bit-field. */
  readonly offset: number;
  /** Of a bit-field: its width, and its first bit counted from the struct's start. */
  readonly bits: { readonly width: number; readonly offset: number } | null;
}

export interface ArrayType {
  readonly kind: "array";
  readonly element: Type;
  readonly length: number;
}

/** `char[N]`, padded with NULs. */
export interface StrType {
  readonly kind: "str";
  readonly length: number;
}

/**
 * How memory behind a pointer is read: `direct` by loads (stack, map values, packets, contexts, and kernel
 * objects that the verifier knows), `probe` by bpf_probe_read_kernel, `user` by bpf_probe_read_user, `arena` by loads
 * from its address cast to where the kernel has the arena.
 */
export type Space = "direct" | "probe" | "user" | "arena";

/** Memory that only a helper reads. */
export type CopiedSpace = Exclude<Space, "direct" | "arena">;
/** Memory that loads and stores reach. */
export const isReached = (space: Space): space is "direct" | "arena" =>
  space === "direct" || space === "arena";

export interface PointerType {
  readonly kind: "ptr";
  readonly to: Type;
  readonly nullable: boolean;
  readonly space: Space;
  /** Of a field that the kernel looks after: BTF's tag on it. What is read from the field is a pointer without. */
  readonly kptr?: KptrTag;
}

/** What a pointer in a map's value owns (kernel: `btf_find_kptr`): an object, nothing, one object for each CPU. */
export type KptrTag = "kptr" | "kptr_untrusted" | "percpu_kptr";
const kptrNames: Readonly<Record<KptrTag, string>> = {
  kptr: "kptr",
  kptr_untrusted: "untrustedKptr",
  percpu_kptr: "percpuKptr",
};

/** A map, as a value: a pointer to `struct bpf_map` for the kernel. */
export interface MapRefType {
  readonly kind: "map";
  /** The kernel's name of the kind: `hash`, `ringbuf`. */
  readonly mapKind: string;
  /** The dialect's class: `HashMap`. */
  readonly className: string;
  readonly key: Type | null;
  readonly value: Type | null;
}

export interface VoidType {
  readonly kind: "void";
}

/** A number that a type parameter stands for: the 8 of `array<T, 8>`. Nothing has this type. */
export interface ConstantType {
  readonly kind: "constant";
  readonly value: bigint;
}

/** Stands for a type that could not be made out; an error was reported, nothing more is said about it. */
export interface ErrorType {
  readonly kind: "error";
}

export type Aggregate = StructType | ArrayType | StrType;

const int = (bits: IntType["bits"], signed: boolean, bigEndian = false): IntType => ({
  kind: "int",
  bits,
  signed,
  bigEndian,
});

/** Integer types by their name in the dialect. */
export const integers = {
  u8: int(8, false),
  u16: int(16, false),
  u32: int(32, false),
  u64: int(64, false),
  i8: int(8, true),
  i16: int(16, true),
  i32: int(32, true),
  i64: int(64, true),
  be16: int(16, false, true),
  be32: int(32, false, true),
  be64: int(64, false, true),
} as const;

export const boolType: BoolType = { kind: "bool" };
export const voidType: VoidType = { kind: "void" };
export const errorType: ErrorType = { kind: "error" };

export const pointerTo = (to: Type, space: Space = "direct", nullable = false): PointerType => ({
  kind: "ptr",
  to,
  space,
  nullable,
});

export const isAggregate = (type: Type): type is Aggregate =>
  type.kind === "struct" || type.kind === "array" || type.kind === "str";

/** Types that arithmetic works on. */
export const isInteger = (type: Type): type is IntType | EnumType =>
  type.kind === "int" || type.kind === "enum";

export const isKernelStruct = (type: Type): type is StructType =>
  type.kind === "struct" && type.origin === "kernel";

/** Structs that a value owns: in lists and trees, behind kptrs; and what those own. */
export function ownedBy(type: Type, owned = new Set<StructType>()): readonly StructType[] {
  const add = (struct: StructType): void => {
    if (owned.has(struct)) return;
    owned.add(struct);
    ownedBy(struct, owned);
  };
  if (type.kind === "array") ownedBy(type.element, owned);
  if (type.kind === "ptr" && type.kptr && type.to.kind === "struct") add(type.to);
  if (type.kind !== "struct" || type.origin !== "local") return [...owned];
  if (type.contains) add(type.contains.of);
  for (const field of type.shape.fields) ownedBy(field.type, owned);
  return [...owned];
}

/** Says that the program allocates objects of this struct. */
export function memberwise<T extends Type>(type: T): T {
  if (type.kind === "array") memberwise(type.element);
  if (type.kind === "struct" && type.origin === "local" && !type.shape.memberwise) {
    type.shape.memberwise = true;
    for (const field of type.shape.fields) memberwise(field.type);
  }
  return type;
}

/** Names of the structs embedded in a value, its own among them, and tags of its kptrs: what of it the kernel may look after. */
export function objectsIn(type: Type): readonly string[] {
  if (type.kind === "array") return objectsIn(type.element);
  if (type.kind === "ptr") return type.kptr ? [type.kptr] : [];
  return type.kind === "struct" ? [type.name, ...type.shape.fields.flatMap((f) => objectsIn(f.type))] : [];
}

export const fieldNames = ({ shape }: StructType): string[] => shape.fields.map(({ name }) => name);

/** The type as a user wrote it. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "int":
      return `${type.bigEndian ? "be" : type.signed ? "i" : "u"}${type.bits}`;
    case "bool":
      return "boolean";
    case "enum":
      return type.name;
    case "struct":
      return type.name || "an anonymous struct";
    case "array":
      return `array<${typeName(type.element)}, ${type.length}>`;
    case "str":
      return `str<${type.length}>`;
    case "ptr":
      return type.kptr
        ? `${kptrNames[type.kptr]}<${typeName(type.to)}>`
        : `${type.space === "arena" ? "arena" : "ptr"}<${typeName(type.to)}>${type.nullable ? " | null" : ""}`;
    case "map":
      return `${type.className}<${[type.key, type.value]
        .filter((t) => t !== null)
        .map(typeName)
        .join(", ")}>`;
    case "void":
      return "void";
    case "constant":
      return `${type.value}`;
    case "error":
      return "an unknown type";
  }
}

/** Two types with the same memory and meaning. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "int":
      return b.kind === "int" && a.bits === b.bits && a.signed === b.signed;
    case "array":
      return b.kind === "array" && a.length === b.length && sameType(a.element, b.element);
    case "str":
      return b.kind === "str" && a.length === b.length;
    case "ptr":
      return b.kind === "ptr" && sameType(a.to, b.to);
    case "map":
      return (
        b.kind === "map" &&
        a.className === b.className &&
        sameType(a.key ?? voidType, b.key ?? voidType) &&
        sameType(a.value ?? voidType, b.value ?? voidType)
      );
    case "struct":
      // Kernel structs are known by name: an interface may be declared in two modules.
      return b.kind === "struct" && a.origin !== "local" && a.origin === b.origin && a.name === b.name;
    case "enum":
      return b.kind === "enum" && a.name === b.name;
    case "constant":
      return b.kind === "constant" && a.value === b.value;
    default:
      return a.kind === b.kind;
  }
}
