import type { Variable } from "./model/expressions.js";
import { isInteger, type PointerType, type Type } from "./model/types.js";
import { isNamedContext } from "./stdlib-tables.js";

/**
 * Whether the kernel can verify a function without its callers (kernel/bpf/btf.c, `btf_prepare_func_args`): it returns
 * a number, and its parameters are numbers, a context, or memory that may be null, which is all that the verifier
 * knows of a pointer there. A function that is promised more, or gives a pointer back, is verified with each call.
 */
export function standsAlone(params: readonly Variable[], returns: Type): boolean {
  return isScalar(returns) && params.every(({ type }) => isKnownAlone(type));
}

/** Is a parameter of this type all that the verifier takes it for without a caller? */
export const isKnownAlone = (type: Type): boolean => isScalar(type) || (type.kind === "ptr" && isTaken(type));

const isScalar = (type: Type): boolean => isInteger(type) || type.kind === "bool";

function isTaken({ to, nullable, space }: PointerType): boolean {
  if (space !== "direct") return false;
  if (to.kind !== "struct") return nullable && (isScalar(to) || to.kind === "array" || to.kind === "str");
  return to.origin === "context" ? isNamedContext(to.name) : nullable && to.origin === "local";
}
