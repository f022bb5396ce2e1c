import type { Random } from "fast-check";
import { nonZero } from "../meaning/conditions.js";
import { member } from "../meaning/enums.js";
import {
  type BoolExpr,
  type EnumExpr,
  type Expr,
  IllTyped,
  literal,
  type NumberExpr,
  type Place,
  read,
  truth,
} from "../meaning/expressions.js";
import type { Signature } from "../meaning/functions.js";
import type { ArrayMap } from "../meaning/maps.js";
import { global, local } from "../meaning/places.js";
import type { Block, Statement } from "../meaning/statements.js";
import {
  type ArrayType,
  allInts,
  type BoolType,
  type DataType,
  type EnumType,
  type IntType,
  ints,
  isScalar,
  layoutOf,
  type ScalarType,
  type StructType,
} from "../meaning/types.js";
import { inputType } from "../program.js";
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
  /** See Place. */
  readonly plain: boolean;
}

/** What `break` and `continue` may mean. */
interface Around {
  readonly label: string | null;
  /** A block with a label is only left, and only by its name. */
  readonly loop: boolean;
}

export interface Tables {
  readonly numbers: readonly Construct<NumberExpr>[];
  readonly booleans: readonly Construct<BoolExpr>[];
  readonly places: readonly PlaceConstruct[];
  readonly statements: readonly Construct<Statement>[];
}

/** What the instruction set has. */
export interface Features {
  /** Atomic operations that give the old value: v3 and later. */
  readonly atomics: boolean;
}

/** Stack bytes for objects of one function: 512 in all, and LLVM keeps other things there. */
const OBJECT_BYTES = 160;

/** Of expressions. Small programs find as much as large ones, and many more of them run in the same time. */
const MAX_DEPTH = 3;
const MAX_INDEXES = 2;
/** Not more than so many blocks in one another. */
const MAX_NESTING = 2;

/** What is generated, where it is generated: names in scope, and how deep it may go. */
export class Generator {
  variables: Variable[] = [];
  functions: Signature[] = [];
  enums: EnumType[] = [];
  structs: StructType[] = [];
  arrays: ArrayType[] = [];
  maps: ArrayMap[] = [];
  /** The type parameter of the generic function that is made. */
  parameter: IntType | null = null;
  /** Loops and labelled blocks around, up to the function or closure. */
  around: Around[] = [];
  /** Loops around, and closures that are run many times. */
  loops = 0;
  /** Within a loop that the verifier follows round by round. */
  counted = false;
  /** Within a body that the kernel calls. */
  inCallback = false;
  /** Iterators of numbers in this function. */
  ranges = 0;
  /** A switch is nearer than the loop: `break` would mean it. */
  inSwitch = false;
  /** Null: `return;`, out of a closure. */
  returns: ScalarType | null = ints.i32;
  isMethod = true;
  nesting = 0;
  objectBytes = 0;
  /** Places of an enum's type that TypeScript may have narrowed, for they were assigned or compared. */
  touched = new Set<string>();
  #depth = 0;
  #indexes = 0;
  #names = 0;

  constructor(
    readonly random: Random,
    private readonly tables: Tables,
    readonly features: Features,
  ) {}

  /** One that goes on as this one would. */
  fork(): Generator {
    const copy = new Generator(this.random.clone(), this.tables, this.features);
    copy.functions = [...this.functions];
    copy.enums = this.enums;
    copy.structs = this.structs;
    copy.arrays = this.arrays;
    copy.maps = this.maps;
    copy.globals = this.globals;
    copy.#names = this.#names;
    return copy;
  }

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
  /** What decides: TypeScript takes what a literal excludes for unreachable, where every pointer may be null. */
  condition(): BoolExpr {
    const made = this.boolean();
    return made.known ? nonZero(this.varying()) : made;
  }
  value(type: ScalarType): Expr {
    if (type.kind === "enum") return this.enumValue(type);
    if (type.kind === "bool") return this.boolean();
    // Nothing but its own values is of the type parameter; a parameter of the function is one.
    if (!type.parameter) return this.number();
    const own = this.variables.find((v) => v.type === type);
    if (!own) throw new IllTyped("nothing of the type parameter");
    return read(this.place((t) => t === type, false) ?? local(own.name, type));
  }
  enumValue(type: EnumType): EnumExpr {
    const place = this.chance(0.5) ? this.place((t) => t === type, false) : null;
    const value = place && read(place);
    return value?.kind === "enum" ? value : member(type, this.pick(type.members));
  }
  /** An integer type; within a generic function, its parameter is one. */
  integer(): IntType {
    return this.parameter && this.chance(0.3) ? this.parameter : this.pick(allInts);
  }
  /** Statements of a block. */
  statements(count: number): Block {
    const none = (): Statement | null => null;
    return Array.from({ length: count }, () =>
      this.from<Statement | null>(this.tables.statements, none),
    ).filter((statement) => statement !== null);
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
      .map((v) => local(v.name, v.type, v.plain));
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

  get deep(): boolean {
    return this.nesting >= MAX_NESTING;
  }

  /** What is declared inside is not visible after it. */
  scoped<T>(make: () => T): T {
    const { variables, inSwitch, around, loops, counted, inCallback, returns } = this;
    this.variables = [...variables];
    this.nesting++;
    try {
      return make();
    } finally {
      Object.assign(this, { variables, inSwitch, around, loops, counted, inCallback, returns });
      this.nesting--;
    }
  }

  /** The body of a loop or of a block with a label. */
  inside<T>(around: Around, make: () => T): T {
    return this.scoped(() => {
      this.around = [...this.around, around];
      if (around.loop) {
        this.loops++;
        this.inSwitch = false;
      }
      return make();
    });
  }

  /** The body of a closure, which gives a truth or nothing. */
  closed<T>(returns: BoolType | null, make: () => T): T {
    return this.scoped(() => {
      this.around = [];
      this.inSwitch = false;
      this.loops++;
      this.returns = returns;
      return make();
    });
  }

  declare(name: string, type: DataType, { writable = true, plain = false } = {}): void {
    this.variables.push({ name, type, writable, plain });
  }
}

export function contains(type: DataType, wanted: (type: DataType) => boolean): boolean {
  if (wanted(type)) return true;
  if (type.kind === "array") return contains(type.element, wanted);
  return type.kind === "struct" && type.fields.some((field) => contains(field.type, wanted));
}
