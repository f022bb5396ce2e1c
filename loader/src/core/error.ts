/** Stable codes of {@link CoreError}. */
export type CoreErrorCode =
  | "CORE_BAD_RELOCATION"
  | "CORE_BAD_INSTRUCTION"
  | "CORE_AMBIGUOUS"
  | "CORE_OFFSET_TOO_LARGE";

/** Where a CO-RE relocation stands, in terms of the source. */
export interface CorePlace {
  readonly program: string;
  readonly insn: number;
  /** What is accessed: `task_struct.mm.pgd`, `enum bpf_map_type::BPF_MAP_TYPE_HASH`. */
  readonly field: string;
  readonly file: string;
  /** From 1; 0 without line info. */
  readonly line: number;
  /** Text of the source line. */
  readonly text: string;
}

/** A CO-RE relocation that is malformed, or for which the kernel's types give no single answer. */
export class CoreError extends Error {
  override readonly name = "CoreError";
  readonly code: CoreErrorCode;
  readonly place: CorePlace;

  constructor(code: CoreErrorCode, message: string, place: CorePlace) {
    const source = place.line > 0 ? ` (${place.file}:${place.line}: ${place.text.trim()})` : "";
    super(`${place.program}: instruction ${place.insn}: ${place.field}: ${message}${source}`);
    this.code = code;
    this.place = place;
  }
}
