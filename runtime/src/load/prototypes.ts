import type { Btf, BtfType } from "@tsbpfc/loader";

/**
 * Whether the kernel's function or variable is what the object declares: functions by the kinds of their parameters and
 * result, variables by their own kind. It is what libbpf compares (`bpf_object__resolve_ksym_*_btf_id`), except that a
 * struct may be declared without its fields.
 */
export function fits(btf: Btf, local: number, kernelBtf: Btf, target: number): boolean {
  const wanted = signatureOf(btf, local);
  const found = signatureOf(kernelBtf, target);
  if (wanted === null || found === null)
    return wanted === found && fitsType(btf, typeOf(btf, local), kernelBtf, typeOf(kernelBtf, target));
  const { params } = found;
  return (
    wanted.params.length === params.length &&
    [wanted.returns, ...wanted.params.map((param) => param.type)].every((type, i) =>
      fitsType(btf, type, kernelBtf, [found.returns, ...params.map((param) => param.type)][i] ?? 0),
    )
  );
}

type Signature = Extract<BtfType, { kind: "func_proto" }>;

/** What a function or a variable is declared with. */
function typeOf(btf: Btf, id: number): number {
  const symbol = btf.type(id);
  return "type" in symbol ? symbol.type : 0;
}

/** Null of what is no function. */
function signatureOf(btf: Btf, id: number): Signature | null {
  const type = btf.type(btf.resolve(typeOf(btf, id)));
  return type.kind === "func_proto" ? type : null;
}

/**
 * Is the last parameter the one that the verifier fills in (KF_IMPLICIT_ARGS, Linux 7.0)? BTF should not show it. Where
 * the kernel's build has missed it, the verifier refuses all calls: "does not have a valid func_proto" (seen on 7.1 and
 * 7.2, for functions of sched_ext).
 */
export function showsImplicit(btf: Btf, id: number): boolean {
  const last = signatureOf(btf, id)?.params.at(-1);
  return last?.name === "aux" && pointee(btf, last.type)?.name === "bpf_prog_aux";
}

function pointee(btf: Btf, id: number): { readonly kind: string; readonly name: string } | null {
  const type = btf.type(btf.resolve(id));
  if (type.kind !== "ptr") return null;
  const to = btf.resolve(type.type);
  return { kind: kindName(btf.type(to)), name: btf.name(to) };
}

function fitsType(btf: Btf, local: number, kernelBtf: Btf, target: number): boolean {
  const [wanted, found] = [pointee(btf, local), pointee(kernelBtf, target)];
  if (wanted !== null && found !== null) return wanted.kind === found.kind;
  const kindOf = (types: Btf, id: number): string => kindName(types.type(types.resolve(id)));
  return kindOf(btf, local) === kindOf(kernelBtf, target);
}

function kindName(type: BtfType): string {
  if (type.kind === "fwd") return type.union ? "union" : "struct";
  return type.kind === "enum64" ? "enum" : type.kind;
}

/** As C would declare it: `int bpf_wq_init(struct bpf_wq *wq, void *p__map, unsigned int flags)`. */
export function declarationText(btf: Btf, id: number, name: string): string {
  const signature = signatureOf(btf, id);
  if (signature === null) return declared(typeText(btf, typeOf(btf, id)), name);
  const params = signature.params.map((param) => declared(typeText(btf, param.type), param.name));
  return `${declared(typeText(btf, signature.returns), name)}(${params.join(", ") || "void"})`;
}

const declared = (type: string, name: string): string =>
  type.endsWith("*") || name === "" ? `${type}${name}` : `${type} ${name}`;

/** Pointers to pointers of damaged BTF go round. */
const MOST_STEPS = 16;

function typeText(btf: Btf, id: number, steps = 0): string {
  const type = btf.type(id);
  if (steps > MOST_STEPS) return "…";
  switch (type.kind) {
    case "ptr": {
      const to = typeText(btf, type.type, steps + 1);
      return to.endsWith("*") ? `${to}*` : `${to} *`;
    }
    case "const":
    case "volatile":
      return `${type.kind} ${typeText(btf, type.type, steps + 1)}`;
    case "restrict":
    case "type_tag":
      return typeText(btf, type.type, steps + 1);
    case "func_proto":
      return "function";
    case "struct":
    case "union":
    case "enum":
    case "enum64":
    case "fwd":
      return `${kindName(type)} ${type.name}`;
    default:
      return "name" in type ? type.name : type.kind;
  }
}
