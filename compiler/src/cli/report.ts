import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { jsonReport } from "../diagnostics/json.js";
import { printDiagnostics } from "../diagnostics/print.js";
import { ExitCode } from "./exit-codes.js";

/**
 * Says what a command found, to people on standard error, or (`--json`) as one document on standard output.
 * Gives the exit code that this means.
 */
export function report(
  diagnostics: readonly Diagnostic[],
  json: boolean,
  files: readonly string[],
): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify(jsonReport(diagnostics, files), null, 2)}\n`);
  else process.stderr.write(printDiagnostics(diagnostics, terminal()));
  return diagnostics.some((d) => d.severity === "error") ? ExitCode.sourceErrors : ExitCode.ok;
}

function terminal() {
  const frames = process.stderr.isTTY === true;
  // Set and not empty means no colours, whatever it says (no-color.org).
  const colours = frames && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  return { frames, colours, cwd: process.cwd() };
}
