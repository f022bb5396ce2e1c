/** libLLVM is not there, or is not one that works. The message says what to install. */
export class LlvmNotFoundError extends Error {
  override readonly name = "LlvmNotFoundError";
  readonly code = "llvm-not-found";

  constructor(
    message: string,
    /** What was tried, in order, each with what came of it. */
    readonly tried: readonly string[],
  ) {
    super(message);
  }
}

/** LLVM refused the IR we wrote: a fault of the compiler. `ir` is kept for a report. */
export class IrError extends Error {
  override readonly name = "IrError";

  constructor(
    readonly code: "llvm-parse" | "llvm-verify" | "llvm-passes" | "llvm-emit",
    /** What LLVM says, with the line of the IR if it names one. */
    message: string,
    readonly ir: string,
  ) {
    super(message);
  }
}
