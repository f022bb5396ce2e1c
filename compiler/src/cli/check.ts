import { checkFile } from "../compile.js";
import type { ExitCode } from "./exit-codes.js";
import { probesOf } from "./probes.js";
import { report } from "./report.js";

/** Diagnostics only: needs no libLLVM, and writes nothing. */
export async function checkProbes(
  files: readonly string[],
  options: { readonly btf?: string; readonly json?: boolean },
): Promise<ExitCode> {
  const diagnostics = probesOf(files).flatMap((file) => checkFile(file, options.btf).diagnostics);
  return report(diagnostics, options.json === true, []);
}
