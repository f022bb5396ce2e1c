/** What the dialect asks a kernel's BTF, by name. The answers do not depend on offsets, so objects stay portable. */
export interface KernelTypes {
  /** Is this member of the struct a pointer, or embedded? Null if there is no BTF, or no such member. */
  memberKind(struct: string, member: string): "pointer" | "embedded" | null;
  /**
   * What a function takes and gives: of the function itself, or of the one that a typedef points to. Null if there
   * is no BTF, no such function, or several of that name that differ.
   */
  signature(name: string, kind: "func" | "typedef"): Signature | null;
  /** The same of a member of a struct that points to a function. */
  memberSignature(struct: string, member: string): Signature | null;
}

export interface Signature {
  readonly params: readonly PassedType[];
  readonly returns: PassedType;
}

/** How something is passed in a register: as a number, as an address, or otherwise. */
export interface PassedType {
  readonly kind: "integer" | "pointer" | "other";
  /** As C writes it. */
  readonly text: string;
  /** Of a pointer to a struct or union: its name. */
  readonly struct: string | null;
}
