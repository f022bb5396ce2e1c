/** A helper of the kernel, as the dialect calls it. The order of `params` is the kernel's, one register each. */
export interface Helper {
  /** `enum bpf_func_id`, include/uapi/linux/bpf.h. */
  readonly id: number;
  readonly params: readonly HelperParam[];
  readonly returns: HelperResult;
}

export type HelperParam = { readonly name: string } & (
  | { readonly kind: "int"; readonly bits: number; readonly signed: boolean }
  /** Memory that the helper reads or fills; the next parameter is its size in bytes. */
  | { readonly kind: "memory"; readonly writable: boolean }
  /** The size of the memory at parameter `of`. Not written in the dialect, unless as an extra last argument. */
  | { readonly kind: "size"; readonly of: number }
  | { readonly kind: "map" | "key" | "value" | "context" | "pointer" | "callback" }
);

export type HelperResult =
  | { readonly kind: "void" }
  | { readonly kind: "int"; readonly bits: number; readonly signed: boolean }
  | { readonly kind: "pointer" }
  /** A kernel object of the type that the call names; `direct` where the verifier knows it. */
  | { readonly kind: "kernel"; readonly space: "direct" | "probe" };
