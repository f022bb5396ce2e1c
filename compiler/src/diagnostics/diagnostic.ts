import type { Loc } from "../dialect/model/location.js";
import type { Message } from "./messages/entry.js";

/** Something wrong with a probe's source, at one place of it. */
export interface Diagnostic {
  /** `TSB####`, or `TS####` for what the TypeScript checker says. Stable. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly span: Span;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** Why BPF (or the dialect) does not allow it; empty for the checker's own. */
  readonly reason: string;
  /** What to write instead; empty for the checker's own. */
  readonly remedy: string;
}

export interface Span {
  /** Path as the compiler was given it or resolved it. */
  readonly file: string;
  /** Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Where in the sources a place of the model is. */
export type SpanAt = (loc: Loc) => Span;

export const diagnosticAt = (span: Span, { code, severity, what, why, instead }: Message): Diagnostic => ({
  code,
  severity,
  span,
  message: what,
  reason: why,
  remedy: instead,
});
