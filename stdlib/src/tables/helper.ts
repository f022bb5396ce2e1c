import type { ProgramTypeName } from "./program-types.js";

/** A helper of the kernel, as the dialect calls it. */
export interface Helper {
  /** `enum bpf_func_id`, include/uapi/linux/bpf.h. */
  readonly id: number;
  /** In the kernel's order, one register each. */
  readonly params: readonly HelperParam[];
  readonly returns: HelperResult;
  /** First Linux release that has it; a program type may have got it later. */
  readonly since: string;
  /** Whether some program type may call it only with a GPL-compatible license. */
  readonly gplOnly: boolean;
  /**
   * Program types that may call it on some kernel, whatever the attach type. Types outside of `askedProgramTypes` are in
   * no list: nothing is known of them.
   */
  readonly programs: readonly ProgramTypeName[];
  /** Of these, the ones that came later than `since`. */
  readonly later?: LaterPrograms;
  /** And those that may call it no more. */
  readonly until?: FormerPrograms;
  /** Before this release only the lower 32 bits of the result are sure. */
  readonly narrowUntil?: string;
}

/**
 * By release: program types that may call a function from then on, at the latest. The releases are those of the kernels
 * that were asked (`stdlib/scripts/callable.json`): one between two of them may have it already.
 */
export type LaterPrograms = Readonly<Record<string, readonly ProgramTypeName[]>>;

/** By release, the first of those that were asked: program types that may call a function no more from then on. */
export type FormerPrograms = Readonly<Record<string, readonly ProgramTypeName[]>>;

/** A function of the kernel for programs (kfunc). */
export interface Kfunc {
  /** First release that has it, or where that was not looked up, the first of the kernels that were asked. */
  readonly since: string;
  /** First of the kernels that were asked that has it no more. */
  readonly gone?: string;
  readonly later?: LaterPrograms;
  readonly until?: FormerPrograms;
}

export type HelperParam = { readonly name: string } & (
  | { readonly kind: "int"; readonly bits: number; readonly signed: boolean }
  /**
   * Memory that the helper reads, or fills (`writable`: it need not be initialised). A parameter of kind `size` gives
   * its size in bytes; where none does, the size is `bytes`. A null stands for none where `nullable`.
   */
  | { readonly kind: "memory"; readonly writable: boolean; readonly bytes?: number; readonly nullable?: true }
  /** The size of the memory at parameter `of`. Not written in the dialect, unless as an extra last argument. */
  | { readonly kind: "size"; readonly of: number }
  | { readonly kind: "map" | "key" | "context" | "callback" }
  /** A value of the map, read; filled by the helper where `writable`; a null stands for none where `nullable`. */
  | { readonly kind: "value"; readonly writable?: true; readonly nullable?: true }
  | { readonly kind: "pointer"; readonly role: PointerRole; readonly nullable?: true }
);

/**
 * What a pointer parameter points at:
 * - `kernel`, `user`: any address of that memory, which the helper reads or writes with care; an integer will do;
 * - `object`: something that the verifier keeps track of: a socket, task, cgroup, file …;
 * - `record`: what bpf_ringbuf_reserve gave;
 * - `dynptr`, `timer`, `lock`, `kptr`: a `Dynptr`, `Timer`, `SpinLock`, a kernel pointer inside a map value;
 * - `string`: a constant text in a read-only map, ended by NUL;
 * - `percpu`: a per-CPU variable of the kernel;
 * - `captures`: what the callback before gets as its last argument. Not written in the dialect: the compiler passes the
 *   variables that the callback uses;
 * - `rest`: further arguments of a format, at most three.
 */
export type PointerRole =
  | "kernel"
  | "user"
  | "object"
  | "record"
  | "dynptr"
  | "timer"
  | "lock"
  | "kptr"
  | "string"
  | "percpu"
  | "captures"
  | "rest";

export type HelperResult =
  | { readonly kind: "void" }
  | { readonly kind: "int"; readonly bits: number; readonly signed: boolean }
  /** A pointer that may be read through. `to`: a value of the map, memory of the size asked for, or a class of contexts.d.ts. */
  | { readonly kind: "pointer"; readonly to: string; readonly nullable: boolean }
  /** A kernel object of the type that the call names; `direct` where the verifier knows it. */
  | { readonly kind: "kernel"; readonly space: "direct" | "probe"; readonly nullable?: true };
