import { type DataType, type IntType, isScalar, layoutOf, narrowed, type ScalarType } from "./types.js";

/** Memory of a value. */
export interface Cell {
  readonly type: DataType;
  /** Width of a bit-field. */
  readonly bits: number | null;
  readonly memory: Uint8Array;
  /** Where it begins, in bits. */
  readonly at: number;
}

/** Zeroed memory. */
export const cellOf = (type: DataType): Cell => ({
  type,
  bits: null,
  memory: new Uint8Array(layoutOf(type).size),
  at: 0,
});

/** A field, by its number in the declaration, or an element. */
export function partOf({ type, memory, at }: Cell, index: number): Cell {
  if (type.kind === "array" && index < type.length) {
    const { element } = type;
    return { type: element, bits: null, memory, at: at + index * layoutOf(element).size * 8 };
  }
  const field = type.kind === "struct" ? type.fields[index] : undefined;
  if (!field) throw new Error("no such part");
  return { type: field.type, bits: field.bits, memory, at: at + (layoutOf(type).offsets[index] ?? 0) };
}

const representation = (type: ScalarType): IntType | null =>
  type.kind === "bool" ? null : type.kind === "enum" ? type.as : type;
const widthOf = ({ type, bits }: Cell): number => bits ?? layoutOf(type).size * 8;

/** What is in a scalar. */
export function load(cell: Cell): bigint {
  const { type, memory, at } = cell;
  if (!isScalar(type)) throw new Error("an aggregate is no scalar");
  const width = widthOf(cell);
  let value = 0n;
  if (at % 8 === 0 && width % 8 === 0)
    for (let byte = width / 8 - 1; byte >= 0; byte--)
      value = (value << 8n) | BigInt(memory[at / 8 + byte] ?? 0);
  else
    for (let bit = width - 1; bit >= 0; bit--)
      value = (value << 1n) | BigInt(((memory[(at + bit) >> 3] ?? 0) >> ((at + bit) & 7)) & 1);
  const as = representation(type);
  return as ? narrowed(as, value, width) : value;
}

/** Narrows to what the place holds, and gives that: the value of an assignment (dialect page, section 10). */
export function store(cell: Cell, value: bigint): bigint {
  const { memory, at } = cell;
  const width = widthOf(cell);
  if (at % 8 === 0 && width % 8 === 0)
    for (let byte = 0; byte < width / 8; byte++)
      memory[at / 8 + byte] = Number((value >> BigInt(byte * 8)) & 0xffn);
  else
    for (let bit = 0; bit < width; bit++) {
      const mask = 1 << ((at + bit) & 7);
      const index = (at + bit) >> 3;
      const others = (memory[index] ?? 0) & ~mask;
      memory[index] = (value >> BigInt(bit)) & 1n ? others | mask : others;
    }
  return load(cell);
}

export const bytesOf = ({ type, memory, at }: Cell): Uint8Array =>
  memory.subarray(at / 8, at / 8 + layoutOf(type).size);

export const copyCell = (target: Cell, source: Cell): void => bytesOf(target).set(bytesOf(source));

/** How a statement ended, if not by running to its end. */
export type Jump =
  | { readonly kind: "break" | "continue"; readonly label: string | null }
  | { readonly kind: "return"; readonly value: bigint };

/** A function, as a call finds it: its name is looked up when it is called, for the shrinker changes bodies. */
export interface Callee {
  /** `receiver` is what `this` means in a method of a struct. */
  invoke(m: Machine, receiver: Cell | null, args: readonly (bigint | Cell)[]): bigint;
}

/** What a program works on while it is evaluated: its globals, and the variables of the function that runs. */
export class Machine {
  locals = new Map<string, Cell>();

  constructor(
    readonly globals: ReadonlyMap<string, Cell>,
    readonly functions: ReadonlyMap<string, Callee>,
  ) {}

  local(name: string): Cell {
    const cell = this.locals.get(name);
    if (!cell) throw new Error(`no variable ${name}`);
    return cell;
  }

  global(name: string): Cell {
    const cell = this.globals.get(name);
    if (!cell) throw new Error(`no global ${name}`);
    return cell;
  }

  /** A local's value. */
  scalar(name: string): bigint {
    return load(this.local(name));
  }

  /** Zeroed memory of the function's own. */
  make(name: string, type: DataType): Cell {
    const cell = cellOf(type);
    this.locals.set(name, cell);
    return cell;
  }

  declare(name: string, type: DataType, value: bigint): void {
    const cell = cellOf(type);
    store(cell, value);
    this.locals.set(name, cell);
  }

  /** Runs with variables of its own. */
  call<T>(locals: Map<string, Cell>, body: () => T): T {
    const outer = this.locals;
    this.locals = locals;
    try {
      return body();
    } finally {
      this.locals = outer;
    }
  }
}

export const wrap = (computed: IntType, value: bigint): bigint => narrowed(computed, value);
