import { readFileSync } from "node:fs";
import { relative } from "node:path";
import pc from "picocolors";
import type { Diagnostic, Span } from "./diagnostic.js";

export interface PrintOptions {
  /** Source lines with the place underlined, as on a terminal. */
  readonly frames: boolean;
  readonly colours: boolean;
  /** Paths are shown relative to it. */
  readonly cwd: string;
}

type Colours = ReturnType<typeof pc.createColors>;

/**
 * `file:line:column - error TSB1234: what`, as tsc prints, then the reason and the remedy on indented lines, then
 * the source line with the place underlined, and last how many there are. Empty if there are none.
 */
export function printDiagnostics(diagnostics: readonly Diagnostic[], options: PrintOptions): string {
  if (diagnostics.length === 0) return "";
  return `${diagnostics.map((d) => printOne(d, options)).join("\n")}\n\n${summary(diagnostics)}\n`;
}

const SEVERITY = {
  error: (c: Colours) => c.red("error"),
  warning: (c: Colours) => c.yellow("warning"),
} as const;

function printOne(diagnostic: Diagnostic, { frames, colours, cwd }: PrintOptions): string {
  const c = pc.createColors(colours);
  const { span, severity, code, message, reason, remedy } = diagnostic;
  const file = relative(cwd, span.file) || span.file;
  const place = `${c.cyan(file)}:${c.yellow(String(span.line))}:${c.yellow(String(span.column))}`;
  return [
    `${place} - ${SEVERITY[severity](c)} ${c.gray(`${code}:`)} ${visible(message)}`,
    ...[reason, remedy].filter((text) => text !== "").flatMap(indented),
    ...(frames ? frame(span, c) : []),
  ].join("\n");
}

const indented = (text: string): string[] =>
  visible(text)
    .split("\n")
    .map((line) => `  ${line}`);

/** The source line and a line of tildes under the span, between empty lines; nothing if the source is gone. */
function frame(span: Span, c: Colours): string[] {
  const line = sourceLine(span);
  if (line === null) return [];
  const number = String(span.line);
  const lineEnd = line.length + 1;
  const end = span.endLine === span.line ? Math.min(span.endColumn, lineEnd) : lineEnd;
  // Tabs stay tabs, so that the marks stand under what they mean.
  const indent = line.slice(0, span.column - 1).replace(/[^\t]/g, " ");
  return [
    "",
    `${c.inverse(number)} ${visible(line)}`,
    `${c.inverse(" ".repeat(number.length))} ${indent}${c.red("~".repeat(Math.max(1, end - span.column)))}`,
    "",
  ];
}

/** Control characters of a source would reach the terminal as commands. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const visible = (text: string): string => text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "\ufffd");

function sourceLine({ file, line }: Span): string | null {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[line - 1] ?? null;
  } catch {
    return null;
  }
}

/** `Found 2 errors in 1 file.`; warnings are named if there are any. */
function summary(diagnostics: readonly Diagnostic[]): string {
  const of = (severity: Diagnostic["severity"]): number =>
    diagnostics.filter((d) => d.severity === severity).length;
  const warnings = of("warning");
  const errors = of("error");
  const found = [
    ...(errors > 0 || warnings === 0 ? [count(errors, "error")] : []),
    ...(warnings > 0 ? [count(warnings, "warning")] : []),
  ];
  const files = new Set(diagnostics.map((d) => d.span.file)).size;
  return `Found ${found.join(" and ")} in ${count(files, "file")}.`;
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
