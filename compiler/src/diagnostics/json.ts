import { resolve } from "node:path";
import type { Diagnostic } from "./diagnostic.js";

/** What `--json` prints. Fields are only ever added while `version` is 1. */
export interface JsonReport {
  readonly version: 1;
  /** In the order of the files given, then of their source. Paths are absolute. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absolute paths of the files that were written. */
  readonly files: readonly string[];
}

/** Field by field: what else a diagnostic may come to carry is not promised to anyone. */
export const jsonReport = (diagnostics: readonly Diagnostic[], files: readonly string[]): JsonReport => ({
  version: 1,
  diagnostics: diagnostics.map(({ code, severity, span, message, reason, remedy }) => ({
    code,
    severity,
    span: {
      file: resolve(span.file),
      line: span.line,
      column: span.column,
      endLine: span.endLine,
      endColumn: span.endColumn,
    },
    message,
    reason,
    remedy,
  })),
  files,
});
