import { checkFile } from "../compile.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { ExitCode } from "./exit-codes.js";
import { findProbes } from "./probes.js";
import { report } from "./report.js";

/** Diagnostics only: needs no libLLVM, and writes nothing. */
export async function checkProbes(
  files: readonly string[],
  options: { readonly btf?: string; readonly json?: boolean },
): Promise<ExitCode> {
  const probes = files.length > 0 ? files : findProbes(process.cwd());
  const diagnostics: Diagnostic[] = probes.flatMap((file) => [...checkFile(file, options.btf).diagnostics]);
  report(diagnostics, options.json === true, []);
  return diagnostics.some((d) => d.severity === "error") ? ExitCode.sourceErrors : ExitCode.ok;
}
