import { type CheckOptions, checkFile } from "../compile.js";
import type { ExitCode } from "./exit-codes.js";
import { probesOf } from "./probes.js";
import { report } from "./report.js";

/** Diagnostics only: needs no libLLVM, and writes nothing. */
export async function checkProbes(
  files: readonly string[],
  { json, ...options }: Omit<CheckOptions, "file"> & { readonly json?: boolean },
): Promise<ExitCode> {
  // No build cache: its records are of outputs and of the libLLVM that made them, and a check has neither.
  const probes = await probesOf(files);
  const diagnostics = probes.flatMap((file) => checkFile({ file, ...options }).diagnostics);
  return report(diagnostics, json === true, []);
}
