/** What the command's exit code says. Documented in the README. */
export const ExitCode = {
  ok: 0,
  /** The probes have errors; they are printed. */
  sourceErrors: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Something of the machine is missing: libLLVM, a kernel's BTF, a file that cannot be read or written. */
  environment: 3,
  /** A fault of tsbpfc itself. */
  internal: 70,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends the command with a message and a code, without a stack trace. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(
    readonly code: "usage" | "environment",
    message: string,
  ) {
    super(message);
  }
}
