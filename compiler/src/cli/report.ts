import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { printDiagnostics } from "../diagnostics/print.js";

/**
 * What a command found, for people on standard error, or for machines (`--json`) as one document on standard
 * output: `{ version, diagnostics: [{ code, severity, span, message, reason, remedy }], files }`.
 */
export function report(diagnostics: readonly Diagnostic[], json: boolean, files: readonly string[]): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ version: 1, diagnostics, files }, null, 2)}\n`);
    return;
  }
  const pretty = process.stderr.isTTY === true && process.env.NO_COLOR === undefined;
  process.stderr.write(printDiagnostics(diagnostics, { pretty, cwd: process.cwd() }));
}
