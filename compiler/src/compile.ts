import type { Diagnostic } from "./diagnostics/diagnostic.js";

/** BPF instruction set, as `-mcpu` of clang names it. v4 needs Linux 6.6. */
export type BpfCpu = "v1" | "v2" | "v3" | "v4";

export interface CompileOptions {
  /** The probe's `*.bpf.ts`. */
  readonly file: string;
  readonly cpu?: BpfCpu;
  /** Path of libLLVM; found by name if absent. */
  readonly llvm?: string;
  /** A BTF blob, or an ELF file with `.BTF`, that describes the kernel; the running kernel's if absent. */
  readonly btf?: string;
}

export interface CompileResult {
  /** Every error and warning of the file, in source order. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null if there were errors. */
  readonly output: CompileOutput | null;
}

export interface CompileOutput {
  /** Name of the `@program` class: the skeleton's too. */
  readonly programName: string;
  /** LLVM IR, as text, before optimisation. */
  readonly ir: string;
  /** The ELF object. */
  readonly object: Uint8Array;
}
