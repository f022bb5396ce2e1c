import type { TypeId } from "../btf/types.js";

/**
 * One CO-RE relocation: an instruction whose immediate or offset depends on the kernel's types
 * (`struct bpf_core_relo`, include/uapi/linux/bpf.h).
 */
export interface CoreRelocation {
  /** Instruction within `ProgramSpec.instructions`, counted in 8 bytes. */
  readonly insn: number;
  readonly kind: CoreKind;
  /** Root type, in the object's BTF. */
  readonly type: TypeId;
  /** The access string as the compiler wrote it, such as `0:1:2`. */
  readonly access: string;
  /** The access string's numbers: array index, then member or element indexes; an enumerator's index. */
  readonly path: readonly number[];
}

/** `enum bpf_core_relo_kind`, in its order. */
export const coreKinds = [
  "field_byte_offset",
  "field_byte_size",
  "field_exists",
  "field_signed",
  "field_lshift_u64",
  "field_rshift_u64",
  "type_id_local",
  "type_id_target",
  "type_exists",
  "type_size",
  "enumval_exists",
  "enumval_value",
  "type_matches",
] as const;

export type CoreKind = (typeof coreKinds)[number];
