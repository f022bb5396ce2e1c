import type { Loc } from "./location.js";
import type { ExternFunction, ExternVariable, Func, GlobalModel, MapModel } from "./model.js";
import type { Statement } from "./statements.js";
import type { EnumType, Field, MapRefType, StructType, Type } from "./types.js";

/**
 * A checked expression. `type` is what the value is; arithmetic is always `i64` or `u64` (dialect page,
 * section 3), every narrowing is a `convert`. An aggregate is its address: a `ptr` to it.
 */
export type Expr = { readonly type: Type; readonly loc: Loc } & (
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "null" }
  /** A string literal's bytes, without a terminating NUL; only ever converted to a `str<N>` in memory. */
  | { readonly kind: "string"; readonly bytes: Uint8Array }
  /** The address of a text in read-only memory, with its NUL. */
  | { readonly kind: "constantText"; readonly text: string }
  | { readonly kind: "read"; readonly place: Place }
  | { readonly kind: "address"; readonly place: Place }
  | { readonly kind: "map"; readonly map: MapModel }
  | { readonly kind: "convert"; readonly operand: Expr }
  | { readonly kind: "negate" | "complement" | "not"; readonly operand: Expr }
  | { readonly kind: "binary"; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "compare"; readonly op: CompareOp; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "and" | "or"; readonly left: Expr; readonly right: Expr }
  | {
      readonly kind: "conditional";
      readonly condition: Expr;
      readonly whenTrue: Expr;
      readonly whenFalse: Expr;
    }
  /** Stores, and is what was stored. */
  | { readonly kind: "assign"; readonly place: Place; readonly value: Expr }
  /** `place op= value`; the place is evaluated once. `value` is computed from `current`. */
  | {
      readonly kind: "modify";
      readonly place: Place;
      readonly current: Expr & { readonly kind: "current" };
      readonly value: Expr;
      readonly result: "old" | "new";
    }
  /** Within a `modify`: what the place held before. */
  | { readonly kind: "current" }
  /** Copies an aggregate; both are addresses. */
  | { readonly kind: "copy"; readonly target: Expr; readonly source: Expr }
  /** Puts zeroes into an object that the program allocated; not into what the kernel looks after. */
  | { readonly kind: "clear"; readonly object: Expr }
  /** A stack slot, as an address: zeroed, then filled, each time it is come by. */
  | {
      readonly kind: "temporary";
      readonly slot: Slot;
      readonly zeroed: boolean;
      readonly init: readonly Expr[];
    }
  | { readonly kind: "call"; readonly callee: Func; readonly args: readonly Expr[] }
  /** A call of a function of the kernel (kfunc). */
  | { readonly kind: "kernelCall"; readonly callee: ExternFunction; readonly args: readonly Expr[] }
  /** Whether a weak function is there: its address, or null. */
  | { readonly kind: "kernelFunction"; readonly callee: ExternFunction }
  | {
      readonly kind: "helper";
      readonly id: number;
      readonly name: string;
      readonly args: readonly Expr[];
      /** Only the lower 32 bits of the result are sure. */
      readonly isNarrow: boolean;
    }
  /** The address of a function made of an arrow function, or of a loop's body; the kernel calls it. */
  | { readonly kind: "closure"; readonly closure: Func }
  /** What the kernel hands to the closure: the address of the variables that it captures, or null. */
  | { readonly kind: "captures"; readonly closure: Func }
  | { readonly kind: "swap"; readonly operand: Expr; readonly bits: 16 | 32 | 64 }
  /** The unsigned value, or `most` if it is more: for the verifier, which has to see how large a size can be. */
  | { readonly kind: "atMost"; readonly operand: Expr; readonly most: bigint }
  /** A size of the source's own, for a buffer of `capacity` bytes. */
  | {
      readonly kind: "size";
      readonly operand: Expr;
      readonly capacity: bigint;
      /** Set as an index's is. */
      readonly bound: { most: bigint | null };
    }
  /** Number of the highest bit that is set; 0 for 0. */
  | { readonly kind: "log2"; readonly operand: Expr }
  /** Whether the program may make another round: the kernel counts them. */
  | { readonly kind: "mayLoop" }
  /** Changes memory in one step, and is what was there before. */
  | { readonly kind: "atomic"; readonly op: AtomicOp; readonly place: Place; readonly value: Expr }
  | {
      readonly kind: "compareExchange";
      readonly place: Place;
      readonly expected: Expr;
      readonly value: Expr;
    }
  /** Bytes before the first NUL of a `str<N>` in directly readable memory; N if there is none. */
  | { readonly kind: "textLength"; readonly text: Expr }
  /** Whether two texts are equal up to their first NUL; `right` may be a literal's bytes. */
  | { readonly kind: "sameText"; readonly left: Expr; readonly right: Expr }
  /** A fact of the running kernel's types, by CO-RE. */
  | { readonly kind: "fieldFact"; readonly fact: FieldFact; readonly place: Place }
  | { readonly kind: "typeFact"; readonly fact: TypeFact; readonly of: StructType | EnumType }
  /** The number of the struct in the object's own BTF. */
  | { readonly kind: "typeId"; readonly of: StructType }
  | {
      readonly kind: "enumFact";
      readonly fact: "exists" | "value";
      readonly of: EnumType;
      readonly member: string;
    }
  | { readonly kind: "sequence"; readonly statements: readonly Statement[]; readonly value: Expr }
  /** Follows an earlier error: nothing is compiled. */
  | { readonly kind: "error" }
);

/** Something with an address, or a variable. `type` is what it holds. */
export type Place = { readonly type: Type; readonly loc: Loc } & (
  | { readonly kind: "variable"; readonly variable: Variable }
  | { readonly kind: "slot"; readonly slot: Slot }
  | { readonly kind: "global"; readonly global: GlobalModel }
  | { readonly kind: "extern"; readonly extern: ExternVariable }
  | { readonly kind: "field"; readonly base: Expr; readonly struct: StructType; readonly field: Field }
  | {
      readonly kind: "element";
      readonly base: Expr;
      readonly index: Expr;
      /** Set if the source bounds the index where the verifier does not see it: it is at most this. */
      readonly bound: { most: bigint | null };
    }
  | { readonly kind: "target"; readonly pointer: Expr }
);

export type BinaryOp = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>" | ">>>";
export type AtomicOp = "add" | "sub" | "and" | "or" | "xor" | "exchange";
export type FieldFact = "exists" | "byteSize" | "byteOffset";
export type TypeFact = "exists" | "size" | "matches";
export type CompareOp = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** A local variable or parameter: a scalar, or the address of an aggregate. */
export interface Variable {
  readonly name: string;
  readonly type: Type;
  readonly loc: Loc;
  /** Never assigned after its declaration. */
  readonly constant: boolean;
  /** 0-based index if it is a parameter, else null. */
  readonly parameter: number | null;
  /**
   * Memory with the variable's value, for helpers that take its address. The variable itself stays in a register:
   * it never changes, so that one copy, made where it is declared, serves all calls.
   */
  readonly copies: Copy[];
}

/** The slot holds `value`: the variable as it is, or converted. */
export interface Copy {
  readonly slot: Slot;
  readonly value: Expr;
}

/** Stack storage of one place in the source. */
export interface Slot {
  readonly name: string;
  readonly type: Type;
  readonly loc: Loc;
}

export type MapExpr = Expr & { readonly type: MapRefType };
