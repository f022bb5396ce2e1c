import { ts } from "ts-morph";
import type { Message } from "../diagnostics/catalogue.js";
import type { Body } from "./bodies.js";
import type { Optional } from "./expressions/optional.js";
import type { Expr, Slot, Variable } from "./model/expressions.js";
import type { Loc } from "./model/location.js";
import type { Func } from "./model/model.js";
import type { LoopLabel } from "./model/statements.js";
import { errorType, type StructType, type Type } from "./model/types.js";
import type { Program } from "./program.js";
import type { Session } from "./session.js";
import { resolveType, type TypeEnv } from "./types/resolve.js";
import { structOf } from "./types/structs.js";

/** A function while its body is checked: its names, its stack slots, what `break` leaves. */
export class Scope {
  readonly slots: Slot[] = [];
  /** Innermost last. */
  readonly breakTargets: LoopLabel[] = [];
  readonly continueTargets: LoopLabel[] = [];
  readonly labels = new Map<string, LoopLabel>();
  /** Variables that name an object made in this function. */
  readonly made = new Set<Variable>();
  /** Closures, and bodies that stand for one, around what is being checked; innermost last. */
  readonly bodies: Body[] = [];
  /** What is being checked: the function itself, or a closure inside it. */
  func: Func | null = null;
  /** Expressions that were computed already, by what holds their value. */
  readonly held = new Map<ts.Expression, Expr>();
  /** What values of `a?.b` are made of. */
  readonly optionals = new WeakMap<Expr, Optional>();
  readonly #variables = new Map<ts.Symbol, Variable>();

  constructor(
    readonly program: Program,
    readonly types: TypeEnv,
    /** `this` of a struct's method; null in the program class and in plain functions. */
    readonly self: Variable | null,
    /** Null until the first `return` of a function without a declared type says it. */
    public returns: Type | null,
  ) {}

  get session(): Session {
    return this.program.session;
  }

  declare(name: ts.Identifier, variable: Variable): void {
    const symbol = this.session.checker.getSymbolAtLocation(name);
    if (symbol) this.#variables.set(symbol, variable);
  }

  variable(symbol: ts.Symbol): Variable | null {
    return this.#variables.get(symbol) ?? null;
  }

  /** A new label, here. */
  label(name = ""): LoopLabel {
    return { name, depth: this.bodies.filter((b) => b.kind !== "inline").length };
  }

  /** Is this an object of this function's stack, or a variable that names one? */
  isMadeHere(value: Expr): boolean {
    if (value.kind === "temporary") return true;
    return value.kind === "read" && value.place.kind === "variable" && this.made.has(value.place.variable);
  }

  /** A stack slot for one place in the source. */
  slot(name: string, type: Type, loc: Loc): Slot {
    const slot: Slot = { name, type, loc };
    this.slots.push(slot);
    return slot;
  }

  /** A variable that the source does not name. */
  hidden(name: string, type: Type, loc: Loc): Variable {
    return { name, type, loc, constant: true, parameter: null, copies: [] };
  }

  /** A type annotation within the function. */
  resolve(node: ts.TypeNode): Type {
    return resolveType(this.session, node, this.types);
  }

  /** The struct that a class given as a value names: `EthHdr` in `packet.read(EthHdr)`. */
  classValue(node: ts.Identifier): StructType | null {
    const symbol = this.session.symbolOf(node);
    const bound = symbol && this.types.get(symbol);
    if (bound) return bound.kind === "struct" ? bound : null;
    const declaration = symbol?.valueDeclaration;
    return declaration && ts.isClassDeclaration(declaration) ? structOf(this.session, declaration, []) : null;
  }

  /** Reports, and gives the expression that stands for what cannot be compiled. */
  fail(node: ts.Node, message: Message): Expr {
    this.session.report(node, message);
    return this.nothing(node);
  }

  /** Stands for something that was reported already. */
  nothing(node: ts.Node): Expr {
    return { kind: "error", type: errorType, loc: this.session.locate(node) };
  }
}
