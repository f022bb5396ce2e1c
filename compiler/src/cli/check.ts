import { check } from "../dialect/check.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { declareKernelTypes } from "../frontend/vmlinux/index.js";
import { KernelBtf } from "../frontend/kernel-btf.js";
import { createProbeProgram } from "../frontend/program.js";
import { ExitCode } from "./exit-codes.js";
import { findProbes } from "./probes.js";
import { report } from "./report.js";

/** Diagnostics only: needs no libLLVM, and writes nothing. */
export function checkProbes(files: readonly string[], options: { readonly btf?: string; readonly json?: boolean }): ExitCode {
  const kernel = new KernelBtf(options.btf);
  const diagnostics: Diagnostic[] = [];
  for (const file of files.length > 0 ? files : findProbes(process.cwd())) {
    const probe = createProbeProgram(file, (roots, only) =>
      kernel.btf ? declareKernelTypes(kernel.btf, { roots, only }) : "export {};",
    );
    diagnostics.push(...check({ ...probe, kernel }).diagnostics);
  }
  report(diagnostics, options.json === true, []);
  return diagnostics.some((d) => d.severity === "error") ? ExitCode.sourceErrors : ExitCode.ok;
}
