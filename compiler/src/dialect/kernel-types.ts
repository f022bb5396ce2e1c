/** What the dialect asks a kernel's BTF, by name. The answers do not depend on offsets, so objects stay portable. */
export interface KernelTypes {
  /** Is this member of the struct a pointer, or embedded? Null if there is no BTF, or no such member. */
  memberKind(struct: string, member: string): "pointer" | "embedded" | null;
}
