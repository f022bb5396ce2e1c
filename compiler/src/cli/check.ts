import { type CheckOptions, checkFile } from "../compile.js";
import type { ExitCode } from "./exit-codes.js";
import { probesOf } from "./probes.js";
import { report } from "./report.js";

/** Diagnostics only: needs no libLLVM, and writes nothing. */
export async function checkProbes(
  files: readonly string[],
  { json, ...options }: Omit<CheckOptions, "file"> & { readonly json?: boolean },
): Promise<ExitCode> {
  const diagnostics = probesOf(files).flatMap((file) => checkFile({ file, ...options }).diagnostics);
  return report(diagnostics, json === true, []);
}
