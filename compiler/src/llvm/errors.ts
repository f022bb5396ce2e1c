import type { BackendDiagnostic } from "./diagnostic.js";

/** libLLVM is not there, or is not one that works. The message says what to install. */
export class LlvmNotFoundError extends Error {
  override readonly name = "LlvmNotFoundError";
  readonly code = "llvm-not-found";

  constructor(
    message: string,
    /** Every name and path tried, in order. */
    readonly tried: readonly string[],
  ) {
    super(message);
  }
}

/** LLVM refused the IR we wrote: a fault of the compiler. `ir` is kept for a report. */
export class IrError extends Error {
  override readonly name = "IrError";

  constructor(
    readonly code: "ir-parse" | "ir-verify" | "ir-passes" | "ir-emit",
    message: string,
    readonly ir: string,
  ) {
    super(message);
  }
}

/** The back end cannot make BPF of this program: a fault of the program, at `diagnostics`' places. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly code = "llvm-backend";

  constructor(readonly diagnostics: readonly BackendDiagnostic[]) {
    super(diagnostics.map(({ message }) => message).join("\n"));
  }
}
