import { compile, type Diagnostic } from "@tsbpfc/compiler";

export type Outcome =
  | { readonly kind: "object" | "diagnostics" }
  /** What must not happen: an exception, or neither an object nor a reason. */
  | { readonly kind: "finding"; readonly what: string };

/** Compiles one file; anything but an object or diagnostics is a finding. */
export function examine(file: string, compiler: typeof compile = compile): Outcome {
  try {
    const { diagnostics, output } = compiler({ file });
    const errors = diagnostics.filter((d) => d.severity === "error");
    const odd = diagnostics.find((d) => !isWhole(d));
    if (odd) return { kind: "finding", what: `a diagnostic without a part: ${JSON.stringify(odd)}` };
    if ((output === null) !== errors.length > 0)
      return {
        kind: "finding",
        what: output ? "an object in spite of errors" : "neither an object nor an error",
      };
    return { kind: output ? "object" : "diagnostics" };
  } catch (error) {
    return { kind: "finding", what: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const isWhole = ({ code, message, reason, remedy, span }: Diagnostic): boolean =>
  /^TS\d+$/.test(code)
    ? message !== ""
    : /^TSB\d{4}$/.test(code) &&
      ![message, reason, remedy].includes("") &&
      span.line >= 1 &&
      span.column >= 1 &&
      (span.endLine > span.line || span.endColumn >= span.column);
