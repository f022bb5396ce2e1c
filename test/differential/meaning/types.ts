// Types of the programs that are generated, and their C layout: written from the dialect page, not from the compiler.

export interface IntType {
  readonly kind: "int";
  readonly name: string;
  readonly bits: number;
  readonly signed: boolean;
  /** The type parameter of a generic function, as one call has it. */
  readonly parameter?: true;
}
export interface BoolType {
  readonly kind: "bool";
  readonly name: "boolean";
}
export interface EnumType {
  readonly kind: "enum";
  readonly name: string;
  readonly members: readonly Member[];
  /** What its values are computed as. */
  readonly as: IntType;
}
export interface Member {
  readonly name: string;
  readonly value: bigint;
}
export interface ArrayType {
  readonly kind: "array";
  readonly name: string;
  readonly element: DataType;
  readonly length: number;
}
export interface StructType {
  readonly kind: "struct";
  readonly name: string;
  readonly fields: readonly Field[];
  /** All fields begin where it begins. */
  readonly union?: true;
  /** Functions may be its methods: TypeScript asks for them in an object literal, which is then none. */
  readonly methods?: true;
  /** The generic class that it is a use of. */
  readonly generic?: StructType;
}
export interface Field {
  readonly name: string;
  readonly type: DataType;
  /** Width of a bit-field. */
  readonly bits: number | null;
}
export type ScalarType = IntType | BoolType | EnumType;
export type DataType = ScalarType | ArrayType | StructType;

const int = (name: string, bits: number, signed: boolean): IntType => ({ kind: "int", name, bits, signed });
export const ints = {
  u8: int("u8", 8, false),
  u16: int("u16", 16, false),
  u32: int("u32", 32, false),
  u64: int("u64", 64, false),
  i8: int("i8", 8, true),
  i16: int("i16", 16, true),
  i32: int("i32", 32, true),
  i64: int("i64", 64, true),
} as const;
export const allInts: readonly IntType[] = Object.values(ints);
export const bool: BoolType = { kind: "bool", name: "boolean" };

export const arrayOf = (element: DataType, length: number): ArrayType => ({
  kind: "array",
  name: `array<${element.name}, ${length}>`,
  element,
  length,
});

export const fieldText = ({ name, type, bits }: Field): string =>
  `${name}: ${bits === null ? type.name : `bits<${type.name}, ${bits}>`};`;

/** 32 bits; 64 if a member needs it. A negative member makes it signed. */
export function enumOf(name: string, values: readonly bigint[]): EnumType {
  const fits = [ints.u32, ints.i32, ints.u64, ints.i64].find((type) => values.every((v) => holds(type, v)));
  if (!fits) throw new RangeError("an enum beyond 64 bits");
  return { kind: "enum", name, members: values.map((value, i) => ({ name: `M${i}`, value })), as: fits };
}

/** Uses of the same generic type are the same type wherever they stand. */
export function same(a: DataType, b: DataType): boolean {
  if (a === b) return true;
  if (a.kind === "int" && b.kind === "int") return a.bits === b.bits && a.signed === b.signed;
  return a.kind === "array" && b.kind === "array" && a.length === b.length && same(a.element, b.element);
}

export const isScalar = (type: DataType): type is ScalarType =>
  type.kind === "int" || type.kind === "bool" || type.kind === "enum";

export const minimum = ({ bits, signed }: IntType): bigint => (signed ? -(1n << BigInt(bits - 1)) : 0n);
export const maximum = ({ bits, signed }: IntType): bigint => (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
export const holds = (type: IntType, value: bigint): boolean =>
  value >= minimum(type) && value <= maximum(type);
/** Every value of `inner` is one of `outer`: what TypeScript accepts without a conversion. */
export const widens = (inner: IntType, outer: IntType): boolean =>
  holds(outer, minimum(inner)) && holds(outer, maximum(inner));
export const narrowed = (type: IntType, value: bigint, bits = type.bits): bigint =>
  type.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);

interface Layout {
  readonly size: number;
  readonly align: number;
  /** Of a struct's fields, in bits from its start. */
  readonly offsets: readonly number[];
}

const upTo = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

const layouts = new WeakMap<DataType, Layout>();

/** The x86-64 and BPF C layout. */
export function layoutOf(type: DataType): Layout {
  const known = layouts.get(type);
  if (known) return known;
  const layout = computeLayout(type);
  layouts.set(type, layout);
  return layout;
}

function computeLayout(type: DataType): Layout {
  switch (type.kind) {
    case "bool":
      return { size: 1, align: 1, offsets: [] };
    case "int":
      return { size: type.bits / 8, align: type.bits / 8, offsets: [] };
    case "enum":
      return layoutOf(type.as);
    case "array": {
      const { size, align } = layoutOf(type.element);
      return { size: size * type.length, align, offsets: [] };
    }
    case "struct": {
      if (type.union) {
        const members = type.fields.map((field) => layoutOf(field.type));
        const align = Math.max(...members.map((m) => m.align));
        return {
          size: upTo(Math.max(...members.map((m) => m.size)), align),
          align,
          offsets: type.fields.map(() => 0),
        };
      }
      let end = 0;
      let align = 1;
      const offsets = type.fields.map((field) => {
        const own = layoutOf(field.type);
        align = Math.max(align, own.align);
        const unit = own.align * 8;
        // A bit-field goes on where the last ended, unless it would straddle a unit of its type.
        const fits =
          field.bits !== null && Math.floor(end / unit) === Math.floor((end + field.bits - 1) / unit);
        const start = fits ? end : upTo(end, unit);
        end = start + (field.bits ?? own.size * 8);
        return start;
      });
      return { size: upTo(Math.ceil(end / 8), align), align, offsets };
    }
  }
}
