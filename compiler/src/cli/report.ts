import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { jsonReport } from "../diagnostics/json.js";
import { printDiagnostics } from "../diagnostics/print.js";

/** What a command found: for people on standard error, or (`--json`) as one document on standard output. */
export function report(diagnostics: readonly Diagnostic[], json: boolean, files: readonly string[]): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(jsonReport(diagnostics, files), null, 2)}\n`);
    return;
  }
  const frames = process.stderr.isTTY === true;
  // Set and not empty means no colours, whatever it says (no-color.org).
  const colours = frames && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  process.stderr.write(printDiagnostics(diagnostics, { frames, colours, cwd: process.cwd() }));
}
