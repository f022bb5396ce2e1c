/** Stable codes of {@link SpecError}. */
export type SpecErrorCode =
  | "SPEC_NO_BTF"
  | "SPEC_BAD_LICENSE"
  | "SPEC_BAD_MAP"
  | "SPEC_BAD_VARIABLE"
  | "SPEC_BAD_FUNCTION"
  | "SPEC_BAD_RELOCATION"
  | "SPEC_BAD_EXTERN"
  | "SPEC_BAD_STRUCT_OPS"
  | "SPEC_BAD_CORE_RELOCATION"
  | "SPEC_UNKNOWN_SECTION"
  | "SPEC_UNSUPPORTED";

/** An object that is sound ELF and BTF, but asks for something wrong or unsupported. */
export class SpecError extends Error {
  override readonly name = "SpecError";
  readonly code: SpecErrorCode;
  /** ELF section at fault; empty if none. */
  readonly section: string;
  /** Symbol (map, program, variable) at fault; empty if none. */
  readonly symbol: string;

  constructor(code: SpecErrorCode, message: string, where: { section?: string; symbol?: string } = {}) {
    super(message);
    this.code = code;
    this.section = where.section ?? "";
    this.symbol = where.symbol ?? "";
  }
}
