import { resolve } from "node:path";
import { backendDiagnostics } from "./diagnostics/backend.js";
import { callStackDiagnostics } from "./diagnostics/call-stacks.js";
import type { Diagnostic } from "./diagnostics/diagnostic.js";
import { type CheckResult, check } from "./dialect/check.js";
import { cpuSince, isOlder, newestCpu, parseKernelVersion, type Target } from "./dialect/target.js";
import { KernelBtf } from "./frontend/kernel-btf.js";
import { createProbeProgram, type KernelModuleMaker } from "./frontend/program.js";
import { declareKernelTypes } from "./frontend/vmlinux/index.js";
import { emitObject } from "./llvm/index.js";
import { lowerModule } from "./lower/module.js";
import { stripDebug } from "./object/strip.js";

/** BPF instruction set, as `-mcpu` of clang names it: v2 needs Linux 4.14, v3 5.1, v4 6.6. */
export type BpfCpu = "v1" | "v2" | "v3" | "v4";

export interface CompileOptions {
  /** The probe's `*.bpf.ts`. */
  readonly file: string;
  /** v3 if absent, or the newest that `kernel` has before it. */
  readonly cpu?: BpfCpu;
  /** Path of libLLVM; found by name if absent. */
  readonly llvm?: string;
  /** A BTF blob, or an ELF file with `.BTF`, that describes the kernel; the running kernel's if absent. */
  readonly btf?: string;
  /** The oldest Linux that has to take the object, `6.1`; what came later is refused. Any kernel if absent. */
  readonly kernel?: string;
}

/** What checking alone takes of it. */
export type CheckOptions = Pick<CompileOptions, "file" | "cpu" | "btf" | "kernel">;

export interface CompileResult {
  /** Every error and warning of the file, in source order. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null if there were errors. */
  readonly output: CompileOutput | null;
  /**
   * Absolute paths of the files that the result comes from, and of those that were looked for and are not there: it is
   * the same as long as they are. Null if they are not known.
   */
  readonly inputs: readonly string[] | null;
}

export interface CompileOutput {
  /** Name of the `@program` class: the skeleton's too. */
  readonly programName: string;
  /** LLVM IR, as text, before optimisation. */
  readonly ir: string;
  /** The ELF object. */
  readonly object: Uint8Array;
}

/**
 * Compiles one probe. Pure but for reading files: needs no privileges, and gives the same bytes for the same
 * sources on every machine.
 *
 * @throws LlvmNotFoundError if there is no libLLVM; IrError for a fault of the compiler.
 */
export function compile(options: CompileOptions): CompileResult {
  const { diagnostics, model, spanAt, inputs } = checkFile(options);
  if (!model) return { diagnostics, output: null, inputs };
  const target = targetOf(options);
  const { cpu } = target;
  const ir = lowerModule(model, cpu);
  const emitted = emitObject(ir, { cpu, ...(options.llvm === undefined ? {} : { llvmPath: options.llvm }) });
  const found = [
    ...backendDiagnostics(model, emitted.diagnostics, spanAt),
    ...(emitted.object ? callStackDiagnostics(model, emitted.object, target, spanAt) : []),
  ];
  const all = [...diagnostics, ...found];
  if (!emitted.object || found.some((d) => d.severity === "error"))
    return { diagnostics: all, output: null, inputs };
  const output = { programName: model.name, ir, object: stripDebug(emitted.object) };
  return { diagnostics: all, output, inputs };
}

/** A kernel version that is not one, such as `six`, or one that lacks the instruction set asked for. */
export class KernelVersionError extends Error {
  override readonly name = "KernelVersionError";
  readonly code = "kernel-version";
}

function targetOf({ cpu, kernel }: CheckOptions): Target {
  const version = kernel === undefined ? null : parseKernelVersion(kernel);
  if (kernel !== undefined && !version)
    throw new KernelVersionError(`'${kernel}' is not a Linux version such as 5.15`);
  const chosen = cpu ?? newestCpu(version);
  const since = cpuSince[chosen];
  if (kernel !== undefined && isOlder({ kernel: version }, since))
    throw new KernelVersionError(
      `BPF ${chosen} needs Linux ${since}, and the program is to run on ${kernel}`,
    );
  return { cpu: chosen, kernel: version };
}

/**
 * What is wrong with a probe, and its model if nothing is. Needs no libLLVM.
 *
 * @throws SourceNotFoundError, KernelVersionError
 */
export function checkFile(options: CheckOptions): CheckResult & Pick<CompileResult, "inputs"> {
  const { file } = options;
  const target = targetOf(options);
  const kernel = new KernelBtf(options.btf);
  const makeKernelModule: KernelModuleMaker = (roots, only) => kernelModule(kernel, roots, only);
  const run = (whole: boolean) => {
    const probe = createProbeProgram(file, { makeKernelModule, whole });
    const result = check({ ...probe, kernel, target });
    const inputs = probe.inputs && [...probe.inputs, ...(kernel.wasRead ? [resolve(kernel.path)] : [])];
    return { ...result, inputs };
  };
  const quick = run(false);
  return quick.model ? quick : run(true);
}

function kernelModule(kernel: KernelBtf, roots: readonly string[], only: ReadonlySet<string>): string {
  return kernel.btf ? declareKernelTypes(kernel.btf, { roots, only }) : "export {};";
}
