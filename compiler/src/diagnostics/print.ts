import { readFileSync } from "node:fs";
import { relative } from "node:path";
import pc from "picocolors";
import type { Diagnostic, Span } from "./diagnostic.js";

export interface PrintOptions {
  /** Colours and code frames, as on a terminal. */
  readonly pretty: boolean;
  /** Paths are shown relative to it. */
  readonly cwd: string;
}

/**
 * `file:line:column - error TSB1234: what`, as tsc prints, then the reason and the remedy, then (pretty) the
 * source line with the place underlined.
 */
export function printDiagnostics(diagnostics: readonly Diagnostic[], options: PrintOptions): string {
  if (diagnostics.length === 0) return "";
  return `${diagnostics.map((d) => printOne(d, options)).join("\n")}\n${summary(diagnostics)}\n`;
}

function printOne(diagnostic: Diagnostic, { pretty, cwd }: PrintOptions): string {
  const c = pc.createColors(pretty);
  const { span, severity, code, message, reason, remedy } = diagnostic;
  const file = relative(cwd, span.file) || span.file;
  const place = `${c.cyan(file)}:${c.yellow(String(span.line))}:${c.yellow(String(span.column))}`;
  const kind = severity === "error" ? c.red("error") : c.yellow("warning");
  const lines = [`${place} - ${kind} ${c.gray(`${code}:`)} ${message}`];
  for (const extra of [reason, remedy]) if (extra) lines.push(`  ${extra}`);
  if (pretty) lines.push("", ...frame(span, c), "");
  return lines.join("\n");
}

/** The source line and a line of tildes under the span. */
function frame(span: Span, c: ReturnType<typeof pc.createColors>): string[] {
  const line = sourceLine(span);
  if (line === null) return [];
  const number = String(span.line);
  const end = span.endLine === span.line ? span.endColumn : line.length + 1;
  const width = Math.max(1, Math.min(end, line.length + 1) - span.column);
  // Tabs stay tabs, so that the marks stand under what they mean.
  const indent = line.slice(0, span.column - 1).replace(/[^\t]/g, " ");
  return [
    `${c.inverse(number)} ${line}`,
    `${c.inverse(" ".repeat(number.length))} ${indent}${c.red("~".repeat(width))}`,
  ];
}

function sourceLine({ file, line }: Span): string | null {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[line - 1] ?? null;
  } catch {
    return null;
  }
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((d) => d.severity === "error").length;
  const files = new Set(diagnostics.map((d) => d.span.file)).size;
  return `\nFound ${errors} error${errors === 1 ? "" : "s"} in ${files} file${files === 1 ? "" : "s"}.`;
}
