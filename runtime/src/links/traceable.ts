import type { Btf } from "@tsbpfc/loader";

/** Kernel: `MAX_BPF_FUNC_ARGS`, include/linux/bpf.h. */
const MOST_ARGUMENTS = 12;
/** Bytes of a result, and of an argument by value (kernel: `btf_distill_func_proto`). */
const LARGEST_RESULT = 8;
const LARGEST_ARGUMENT = 16;

const scalars: ReadonlySet<string> = new Set(["int", "enum", "enum64", "ptr"]);

/**
 * Whether the kernel can trace a function of this type by its BTF: at most twelve arguments, none of them variable, each
 * a number, an address or a small struct; the result a number, an address or nothing.
 */
export function isTraceable(btf: Btf, func: number): boolean {
  const named = btf.type(func);
  const proto = named.kind === "func" ? btf.type(named.type) : named;
  if (proto.kind !== "func_proto" || proto.params.length > MOST_ARGUMENTS) return false;
  return isResult(btf, proto.returns) && proto.params.every((param) => isArgument(btf, param.type));
}

function isResult(btf: Btf, id: number): boolean {
  const type = btf.type(btf.resolve(id));
  if (type.kind === "void") return true;
  return scalars.has(type.kind) && btf.size(id) <= LARGEST_RESULT;
}

/** `void` is what BTF calls `...`. */
function isArgument(btf: Btf, id: number): boolean {
  const { kind } = btf.type(btf.resolve(id));
  const isTaken = scalars.has(kind) || kind === "struct" || kind === "union";
  return isTaken && btf.size(id) <= LARGEST_ARGUMENT;
}
