/** Stable codes of {@link ElfError}. */
export type ElfErrorCode =
  | "ELF_EMPTY"
  | "ELF_NOT_ELF"
  | "ELF_NOT_64_BIT"
  | "ELF_NOT_BPF"
  | "ELF_NOT_OBJECT"
  | "ELF_TRUNCATED"
  | "ELF_BAD_HEADER"
  | "ELF_BAD_SECTION"
  | "ELF_BAD_STRING"
  | "ELF_BAD_SYMBOL"
  | "ELF_BAD_RELOCATION"
  | "ELF_COMPRESSED";

/** A file that is not a BPF object, or a damaged one. The message says where, and what to do. */
export class ElfError extends Error {
  override readonly name = "ElfError";
  readonly code: ElfErrorCode;
  /** Byte of the file where the fault is. */
  readonly offset: number;
  /** Section at fault; empty if none. */
  readonly section: string;

  constructor(code: ElfErrorCode, message: string, where: { offset?: number; section?: string } = {}) {
    super(message);
    this.code = code;
    this.offset = where.offset ?? 0;
    this.section = where.section ?? "";
  }
}
