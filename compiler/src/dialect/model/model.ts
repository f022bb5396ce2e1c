import type { Slot, Variable } from "./expressions.js";
import type { Loc, SourceFile } from "./location.js";
import type { Statement } from "./statements.js";
import type { MapRefType, StructType, Type } from "./types.js";

/** A checked probe: everything that the object will hold, with all types decided. Made without a kernel. */
export interface Model {
  readonly name: string;
  readonly license: string;
  readonly files: readonly SourceFile[];
  readonly maps: readonly MapModel[];
  readonly globals: readonly GlobalModel[];
  /** Those that the code uses. */
  readonly externs: readonly ExternModel[];
  /** Programs in source order, then what they call, in the order of first use. */
  readonly functions: readonly Func[];
  /** Structs that BTF has to have although nothing in it leads to them: what ring buffers carry, what maps in maps hold, what values own. */
  readonly records: readonly StructType[];
}

export interface MapModel {
  readonly name: string;
  readonly type: MapRefType;
  readonly loc: Loc;
  readonly maxEntries: number;
  readonly flags: number;
  readonly pinning: "none" | "by-name";
  readonly numaNode: number | null;
  readonly extra: bigint;
  /** What a ring buffer or perf event array carries, else null. */
  readonly record: StructType | null;
  /** The maps that a map of maps may hold: their definition, which is no map of its own. */
  readonly inner: MapModel | null;
  /** What fills the slots from 0 on: programs of a program array, maps of a map of maps, by name. */
  readonly values: readonly string[];
  /** Of a map of kind struct_ops, else null. */
  readonly operations: Operations | null;
}

/** What a map of kind struct_ops registers: a struct of the kernel's, of which the members that are named are set. */
export interface Operations {
  /** The kernel's name of the struct. */
  readonly struct: string;
  /** Registered by a link (`BPF_F_LINK`). */
  readonly link: boolean;
  readonly members: readonly OperationsMember[];
}

export type OperationsMember = { readonly name: string } & (
  | { readonly kind: "program"; readonly program: string }
  | { readonly kind: "value"; readonly type: Type; readonly bytes: Uint8Array }
);

/** Something of the kernel's that the loader finds by its name. */
export type ExternModel = ExternVariable | ExternFunction;

export interface ExternVariable {
  /** A value of the kernel's configuration, or a variable of the kernel's. */
  readonly kind: "kconfig" | "ksym";
  readonly name: string;
  /** `void` for a symbol of which only the address is known. */
  readonly type: Type;
  /** Need not be there: then its value, or its address, is 0. */
  readonly weak: boolean;
  readonly loc: Loc;
}

export interface ExternFunction {
  readonly kind: "kfunc";
  readonly name: string;
  readonly params: readonly ExternParameter[];
  readonly returns: Type;
  readonly weak: boolean;
  readonly loc: Loc;
  /** What is called where this one is not there: the form that it had in older kernels. */
  readonly former?: ExternFunction;
}

export interface ExternParameter {
  readonly name: string;
  readonly type: Type;
  /** Of the address of a function: what that one is given. It returns an `i32`. */
  readonly calls?: readonly Type[];
  /** A text with its NUL, of any length: `const char *`. */
  readonly text?: boolean;
}

export interface GlobalModel {
  readonly name: string;
  readonly type: Type;
  readonly loc: Loc;
  /** `readonly`: in `.rodata`. */
  readonly constant: boolean;
  /** `@arena`: in the arena, at its start. */
  readonly inArena: boolean;
  /** The value's bytes, `sizeOf(type)` of them. */
  readonly initial: Uint8Array;
}

export interface Func {
  /** A C identifier, unique in the object. */
  readonly name: string;
  /** Global: the kernel verifies it by itself, once. Static: with each call. */
  linkage: "program" | "global" | "static";
  /** ELF section of a program: the text of its `@SEC`. Null puts it into `.text`. */
  readonly section: string | null;
  readonly inline: boolean;
  readonly params: readonly Variable[];
  returns: Type;
  readonly loc: Loc;
  /** Of an arrow function or a loop's body that the kernel calls: whose variables it may use, and by which parameter. */
  readonly closure: { readonly parent: Func; readonly context: Variable | null } | null;
  body: readonly Statement[];
  slots: readonly Slot[];
}
