import { ts } from "ts-morph";
import { addressOf, readVariable } from "../build.js";
import { writtenArguments } from "../builtins/arguments.js";
import { checkValue } from "../expressions/index.js";
import { declaredSignature, resultType } from "../kernel-signatures.js";
import type { Expr } from "../model/expressions.js";
import { layOut } from "../model/layout.js";
import type { ExternParameter } from "../model/model.js";
import type { Statement } from "../model/statements.js";
import { integers, pointerTo, type StructType, type Type, voidType } from "../model/types.js";
import type { Scope } from "../scope.js";
import { bindTypes } from "../types/resolve.js";
import { checkOne } from "./index.js";
import { labelOf } from "./jumps.js";
import { roundValue } from "./loop-names.js";
import { withTargets } from "./loops.js";

/** One of the kernel's open-coded iterators: `bpf_iter_NAME_new`, `_next` and `_destroy` (kernel/bpf). */
export interface KernelIterator {
  readonly name: string;
  /** 64-bit words of `struct bpf_iter_NAME`, which lies on the stack. */
  readonly words: number;
  /** What `new` takes after the iterator. */
  readonly params: readonly ExternParameter[];
  /** What `next` leads to. */
  readonly of: Type;
}

/** `range(from, to)`. Linux 6.4. */
export const numbers: KernelIterator = {
  name: "num",
  words: 1,
  params: ["start", "end"].map((name) => ({ name, type: integers.i32 })),
  of: integers.i32,
};

/** 64-bit words of the iterators that are called by name: include/uapi/linux/bpf.h and kernel/bpf/{helpers,task_iter,cgroup_iter}.c, include/linux/sched/ext.h. */
const named: Readonly<Record<string, number>> = {
  bpf_iter_task: 3,
  bpf_iter_css: 3,
  bpf_iter_css_task: 1,
  bpf_iter_task_vma: 1,
  bpf_iter_bits: 2,
  bpf_iter_kmem_cache: 1,
  bpf_iter_dmabuf: 1,
  bpf_iter_scx_dsq: 6,
};

/** `for (const task of bpf_iter_task(null, flags))`. Null for a call of anything else. */
export function overNamedIterator(
  scope: Scope,
  node: ts.ForOfStatement,
  call: ts.CallExpression,
  name: string,
): Statement | Statement[] | null {
  const words = Object.hasOwn(named, name) ? named[name] : undefined;
  const signature = scope.session.checker.getResolvedSignature(call)?.declaration;
  if (words === undefined || !signature || ts.isJSDocSignature(signature)) return null;
  const { params } = declaredSignature(scope.session, signature);
  const written = writtenArguments(scope, call, params.length);
  const args = params.flatMap(({ type }, i) => {
    const given = written[i];
    return given ? [checkValue(scope, given, type)] : [];
  });
  if (args.length !== params.length || args.some((a) => a.type.kind === "error")) return [];
  const of = elementOf(scope, signature, call);
  return overIterator(scope, node, { name: name.replace("bpf_iter_", ""), words, params, of }, args, null);
}

/** The T of the `Iterable<T>` that it is declared to be, for this call. */
function elementOf(scope: Scope, signature: ts.SignatureDeclaration, call: ts.CallExpression): Type {
  const { type } = signature;
  const [element] = (type && ts.isTypeReferenceNode(type) && type.typeArguments) || [];
  if (!element) return voidType;
  const types = bindTypes(scope.session, signature, call.typeArguments ?? [], scope.types);
  const given = resultType(scope.session, element, types);
  return given.kind === "ptr" ? given.to : given;
}

/** The body in place, between the kernel's functions. */
export function overIterator(
  scope: Scope,
  node: ts.ForOfStatement,
  { name, words, params, of }: KernelIterator,
  args: readonly Expr[],
  range: { readonly from: Expr; readonly to: Expr } | null,
): Statement {
  const loc = scope.session.locate(node);
  const found = pointerTo(of, "direct", true);
  const held = of.kind === "int" ? of : pointerTo(of);
  const variable = scope.hidden("item", held, loc);
  const begin = roundValue(scope, node, readVariable(variable, loc));
  const label = labelOf(scope, node);
  const rest = withTargets(scope, label, () => checkOne(scope, node.statement));
  const body: Statement = { kind: "block", body: [...begin, rest], loc };
  const struct = iteratorStruct(name, words);
  const state = scope.slot("iterator", struct, loc);
  const address: Expr = addressOf({ kind: "slot", slot: state, type: struct, loc });
  const it = { name: "it", type: pointerTo(struct) };
  const called = (
    end: string,
    more: readonly ExternParameter[],
    given: readonly Expr[],
    returns: Type,
  ): Expr => ({
    kind: "kernelCall",
    callee: scope.program.externs.needed({
      kind: "kfunc",
      name: `bpf_iter_${name}_${end}`,
      params: [it, ...more],
      returns,
      weak: false,
      loc,
    }),
    args: [address, ...given],
    type: returns,
    loc,
  });
  return {
    kind: "iterate",
    label,
    variable,
    range,
    state,
    start: called("new", params, args, integers.i32),
    next: called("next", [], [], found),
    destroy: called("destroy", [], [], voidType),
    body,
    loc,
  };
}

const iteratorStruct = (name: string, words: number): StructType => ({
  kind: "struct",
  name: `bpf_iter_${name}`,
  union: false,
  origin: "local",
  shape: layOut(
    [{ name: "__opaque", type: { kind: "array", element: integers.u64, length: words }, width: null }],
    { union: false, packed: false, align: 8 },
  ),
  loc: null,
  event: null,
});
