import type { Random } from "fast-check";
import {
  type BoolExpr,
  type Expr,
  IllTyped,
  literal,
  type NumberExpr,
  type Place,
  read,
  truth,
} from "./expressions.js";
import type { Signature } from "./functions.js";
import { global, local } from "./places.js";
import { inputType } from "./program.js";
import { type DataType, ints, isScalar, layoutOf, type ScalarType } from "./types.js";
import { interesting } from "./values.js";

/** A construct of the dialect: how often it is tried, and how it is made. Null, or IllTyped: not here. */
export interface Construct<T> {
  readonly name: string;
  readonly weight: number;
  make(g: Generator): T | null;
}

/** The same for a part of an aggregate: one that `leads` to what is wanted. */
export interface PlaceConstruct {
  readonly name: string;
  readonly weight: number;
  make(g: Generator, base: Place, leads: (type: DataType) => boolean): Place | null;
}

interface Variable {
  readonly name: string;
  readonly type: DataType;
  readonly writable: boolean;
}

interface Tables {
  readonly numbers: readonly Construct<NumberExpr>[];
  readonly booleans: readonly Construct<BoolExpr>[];
  readonly places: readonly PlaceConstruct[];
}

/** Stack bytes for objects of one function: 512 in all, and LLVM keeps other things there. */
const OBJECT_BYTES = 160;

/** Of expressions. Small programs find as much as large ones, and many more of them run in the same time. */
const MAX_DEPTH = 3;
const MAX_INDEXES = 2;

/** What is generated, where it is generated: names in scope, and how deep it may go. */
export class Generator {
  variables: Variable[] = [];
  functions: Signature[] = [];
  structs: (DataType & { kind: "struct" })[] = [];
  arrays: (DataType & { kind: "array" })[] = [];
  /** Labels of the loops around; null for one without. */
  loops: (string | null)[] = [];
  /** A switch is nearer than the loop: `break` would mean it. */
  inSwitch = false;
  returns: ScalarType = ints.i32;
  isMethod = true;
  nesting = 0;
  objectBytes = 0;
  #depth = 0;
  #indexes = 0;
  #names = 0;

  constructor(
    readonly random: Random,
    private readonly tables: Tables,
  ) {}

  /** 0 … n-1 */
  below(n: number): number {
    return this.random.nextInt(0, n - 1);
  }
  chance(part: number): boolean {
    return this.below(100) < part * 100;
  }
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(Math.max(1, items.length))];
    if (item === undefined) throw new IllTyped("nothing to pick");
    return item;
  }
  name(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  /** One of a table, by weight, that can be made here; else what always can. */
  from<T>(table: readonly Construct<T>[], otherwise: () => T): T {
    const total = table.reduce((sum, { weight }) => sum + weight, 0);
    for (let attempt = 0; attempt < 8; attempt++) {
      let left = this.below(total);
      const chosen = table.find(({ weight }) => {
        left -= weight;
        return left < 0;
      });
      try {
        const made = chosen?.make(this);
        if (made) return made;
      } catch (error) {
        if (!(error instanceof IllTyped)) throw error;
      }
    }
    return otherwise();
  }

  #deeper<T>(leaf: () => T, make: () => T): T {
    if (this.#depth >= MAX_DEPTH || (this.#depth > 0 && this.chance(0.15 * this.#depth))) return leaf();
    this.#depth++;
    try {
      return make();
    } finally {
      this.#depth--;
    }
  }

  number(): NumberExpr {
    const leaf = (): NumberExpr => (this.chance(0.3) ? this.constant() : this.readNumber());
    return this.#deeper(leaf, () => this.from(this.tables.numbers, leaf));
  }
  /** A number that is no constant. */
  varying(): NumberExpr {
    const made = this.number();
    return made.constant === null ? made : this.readNumber();
  }
  boolean(): BoolExpr {
    const leaf = (): BoolExpr => truth(this.chance(0.5));
    return this.#deeper(leaf, () => this.from(this.tables.booleans, leaf));
  }
  value(type: ScalarType): Expr {
    return type.kind === "bool" ? this.boolean() : this.number();
  }
  constant(): NumberExpr {
    return literal(interesting(this.pick([ints.i8, ints.i16, ints.i32, ints.i64]), (n) => this.below(n)));
  }

  readNumber(): NumberExpr {
    for (let attempt = 0; attempt < 4; attempt++) {
      const place = this.place((type) => type.kind === "int", false);
      const expr = place && read(place);
      if (expr?.kind === "number") return expr;
    }
    return literal(1n);
  }

  /** A place whose type is wanted, in what is visible: a variable, or a part of one. */
  place(wanted: (type: DataType) => boolean, writable: boolean): Place | null {
    const roots = this.variables
      .filter((v) => !writable || v.writable)
      .filter((v) => contains(v.type, wanted))
      .map((v) => local(v.name, v.type));
    const globals = this.isMethod ? this.globals : [];
    const all = [
      ...roots,
      ...roots,
      ...globals.filter((g) => contains(g.type, wanted)).map((g) => global(g.name, g.type)),
      ...(this.isMethod && !writable && contains(inputType, wanted) ? [global("input", inputType)] : []),
    ];
    if (all.length === 0) return null;
    let place = this.pick(all);
    while (!wanted(place.type) || (!isScalar(place.type) && this.chance(0.5))) {
      const inner = this.partOf(place, wanted);
      if (!inner) break;
      place = inner;
    }
    return wanted(place.type) ? place : null;
  }
  globals: { readonly name: string; readonly type: DataType }[] = [];

  private partOf(base: Place, wanted: (type: DataType) => boolean): Place | null {
    const leads = (type: DataType): boolean => contains(type, wanted);
    const table = this.tables.places.map(({ name, weight, make }) => ({
      name,
      weight,
      make: () => make(this, base, leads),
    }));
    return this.from<Place | null>(table, () => null);
  }

  /** An index that is not constant: it may read an element itself, but not for ever. */
  index(): NumberExpr {
    if (this.#indexes >= MAX_INDEXES) throw new IllTyped("indexes within indexes");
    this.#indexes++;
    try {
      return this.varying();
    } finally {
      this.#indexes--;
    }
  }

  /** Room on the stack for an object, or null. */
  takes(type: DataType): boolean {
    const { size } = layoutOf(type);
    if (this.objectBytes + size > OBJECT_BYTES) return false;
    this.objectBytes += size;
    return true;
  }

  /** What is declared inside is not visible after it. */
  scoped<T>(make: () => T): T {
    const { variables, inSwitch } = this;
    this.variables = [...variables];
    this.nesting++;
    try {
      return make();
    } finally {
      this.variables = variables;
      this.inSwitch = inSwitch;
      this.nesting--;
    }
  }

  declare(name: string, type: DataType, writable = true): void {
    this.variables.push({ name, type, writable });
  }
}

export function contains(type: DataType, wanted: (type: DataType) => boolean): boolean {
  if (wanted(type)) return true;
  if (type.kind === "array") return contains(type.element, wanted);
  return type.kind === "struct" && type.fields.some((field) => contains(field.type, wanted));
}
