import { ts } from "ts-morph";
import type { Diagnostic, Span } from "../diagnostics/diagnostic.js";

/** Stands before the number, as `ts` does for the checker's own: `TSB(2001)`. */
const SOURCE = "TSB";

/**
 * The list that an editor shows for a probe: the dialect's findings in this file, and of the checker's own those that
 * the compiler would show as well. Its other ones are said better by a finding, or follow from one.
 */
export function toTypeScript(
  file: ts.SourceFile,
  findings: readonly Diagnostic[],
  plain: readonly ts.Diagnostic[],
): ts.Diagnostic[] {
  const here = findings.filter(({ span }) => span.file === file.fileName);
  const own = here.filter(({ code }) => code.startsWith(SOURCE));
  const shown = new Set(here.map((d) => `${d.code} ${offset(file, d.span.line, d.span.column)}`));
  // What other plugins say carries their name.
  const kept = plain.filter((d) => d.source !== undefined || shown.has(`TS${d.code} ${d.start}`));
  return [...kept, ...own.map((d) => finding(file, d))];
}

/** Is this code, at this place, one of the dialect's? */
export const isFinding = (
  file: ts.SourceFile,
  findings: readonly Diagnostic[],
  code: number,
  start: number,
): boolean =>
  findings.some(
    ({ code: own, span }) =>
      own === `${SOURCE}${code}` &&
      span.file === file.fileName &&
      offset(file, span.line, span.column) === start,
  );

/** Reason and remedy are related information, which editors show below the message. */
function finding(file: ts.SourceFile, { code, severity, span, ...text }: Diagnostic): ts.Diagnostic {
  const place = { file, ...range(file, span), code: Number(code.slice(SOURCE.length)) };
  const related = [text.reason, text.remedy].filter((line) => line !== "");
  return {
    ...place,
    source: SOURCE,
    category: severity === "error" ? ts.DiagnosticCategory.Error : ts.DiagnosticCategory.Warning,
    messageText: text.message,
    relatedInformation: related.map((messageText) => ({
      ...place,
      category: ts.DiagnosticCategory.Message,
      messageText,
    })),
  };
}

function range(file: ts.SourceFile, span: Span): { start: number; length: number } {
  const start = offset(file, span.line, span.column);
  return { start, length: Math.max(0, offset(file, span.endLine, span.endColumn) - start) };
}

const offset = (file: ts.SourceFile, line: number, column: number): number =>
  file.getPositionOfLineAndCharacter(line - 1, column - 1);
