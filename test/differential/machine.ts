import { type DataType, type IntType, isScalar, layoutOf, narrowed, type ScalarType } from "./types.js";

/** Memory of a value: a scalar, or the parts of an aggregate. */
export type Cell = ScalarCell | AggregateCell;
export interface ScalarCell {
  readonly kind: "scalar";
  readonly type: ScalarType;
  /** Width of a bit-field. */
  readonly bits: number | null;
  value: bigint;
}
export interface AggregateCell {
  readonly kind: "aggregate";
  readonly type: DataType;
  readonly parts: readonly Cell[];
}

/** Zeroed memory. */
export function cellOf(type: DataType, bits: number | null = null): Cell {
  if (isScalar(type)) return { kind: "scalar", type, bits, value: 0n };
  const parts =
    type.kind === "array"
      ? Array.from({ length: type.length }, () => cellOf(type.element))
      : type.fields.map((field) => cellOf(field.type, field.bits));
  return { kind: "aggregate", type, parts };
}

export function scalar(cell: Cell): ScalarCell {
  if (cell.kind !== "scalar") throw new Error("an aggregate is no scalar");
  return cell;
}

/** Narrows to what the place holds, and gives that: the value of an assignment (dialect page, section 10). */
export function store(cell: Cell, value: bigint): bigint {
  const place = scalar(cell);
  place.value =
    place.type.kind === "bool" ? value : narrowed(place.type, value, place.bits ?? place.type.bits);
  return place.value;
}

export function copyCell(target: Cell, source: Cell): void {
  if (target.kind === "scalar") store(target, scalar(source).value);
  else if (source.kind === "aggregate")
    target.parts.forEach((part, i) => {
      const from = source.parts[i];
      if (from) copyCell(part, from);
    });
}

/** The bytes that C would have in memory; padding is zero, as all storage begins zeroed. */
export function bytesOf(cell: Cell): Uint8Array {
  const bytes = new Uint8Array(layoutOf(cell.type).size);
  write(bytes, 0, cell);
  return bytes;
}

function write(bytes: Uint8Array, bitOffset: number, cell: Cell): void {
  if (cell.kind === "scalar") {
    const width = cell.bits ?? (cell.type.kind === "bool" ? 8 : cell.type.bits);
    for (let i = 0; i < width; i++) {
      const at = bitOffset + i;
      if ((cell.value >> BigInt(i)) & 1n) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
    }
    return;
  }
  const { type } = cell;
  const size = type.kind === "array" ? layoutOf(type.element).size * 8 : 0;
  const { offsets } = layoutOf(type);
  for (const [i, part] of cell.parts.entries()) write(bytes, bitOffset + (offsets[i] ?? i * size), part);
}

/** How a statement ended, if not by running to its end. */
export type Jump =
  | { readonly kind: "break" | "continue"; readonly label: string | null }
  | { readonly kind: "return"; readonly value: bigint };

/** A function, as a call finds it: its name is looked up when it is called, for the shrinker changes bodies. */
export interface Callee {
  invoke(m: Machine, args: readonly (bigint | Cell)[]): bigint;
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
    return scalar(this.local(name)).value;
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
