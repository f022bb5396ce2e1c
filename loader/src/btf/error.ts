/** Stable codes of {@link BtfError}. */
export type BtfErrorCode =
  | "BTF_TRUNCATED"
  | "BTF_BAD_MAGIC"
  | "BTF_BAD_HEADER"
  | "BTF_BAD_KIND"
  | "BTF_BAD_STRING"
  | "BTF_BAD_ID"
  | "BTF_BAD_TYPE"
  | "BTF_CYCLE"
  | "BTF_NO_SIZE"
  | "BTF_BAD_EXT"
  | "BTF_UNREADABLE";

/** BTF that is malformed, or that does not hold what was asked of it. */
export class BtfError extends Error {
  override readonly name = "BtfError";
  readonly code: BtfErrorCode;

  constructor(code: BtfErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
