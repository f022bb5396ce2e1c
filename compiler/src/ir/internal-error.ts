/**
 * The compiler broke one of its own rules: never the user's fault.
 *
 * `code` names the rule; the message says which value or block broke it.
 */
export class InternalError extends Error {
  override readonly name = "InternalError";

  constructor(
    readonly code: InternalErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export type InternalErrorCode =
  | "ir-type-mismatch"
  | "ir-after-terminator"
  | "ir-no-terminator"
  | "ir-no-block"
  | "ir-duplicate-name"
  | "ir-constant-range"
  | "ir-incomplete-type"
  | "ir-no-carrier"
  | "ir-unsupported"
  | "elf-malformed";
