import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { addressOf, convert, element, int, nullPointer, readVariable } from "../build.js";
import { capturesOf } from "../captures.js";
import { arrowBody, arrowOf, closureArguments, makeClosure, parameterOf } from "../closures.js";
import { checkCondition, checkExpression } from "../expressions/index.js";
import type { Expr, Variable } from "../model/expressions.js";
import type { Loc } from "../model/location.js";
import type { Statement } from "../model/statements.js";
import {
  boolType,
  type Contains,
  integers,
  pointerTo,
  sameType,
  type Type,
  typeName,
  voidType,
} from "../model/types.js";
import { bind } from "../patterns.js";
import type { Scope } from "../scope.js";
import { writtenArguments } from "./arguments.js";
import { type KernelArgument, kernelCall } from "./kernel-call.js";

// Lists and trees of objects (kernel/bpf/helpers.c). The kernel's functions speak of the node inside an object, the
// dialect of the object; in between lies the node's offset, in C `container_of`.

/** Checks `object.method(…)`, where `object` is the address of something that the kernel looks after: a list, a timer … */
export type ObjectMethod = (scope: Scope, node: ts.CallExpression, object: Expr) => Expr;

/** The objects of a list or tree, by what hangs in it. */
interface Hanging extends Contains {
  /** The struct of the kernel that the field is. */
  readonly nodeType: Type;
  readonly offset: number;
}

function hangingIn(root: Expr): Hanging {
  const struct = root.type.kind === "ptr" && root.type.to.kind === "struct" ? root.type.to : null;
  const contains = struct?.contains;
  const field = contains?.of.shape.fields.find((f) => f.name === contains.node);
  if (!contains || !field) throw new Error("a list or tree of nothing");
  return { ...contains, nodeType: field.type, offset: field.offset };
}

/** The address of the node in an object, checked to be one that may hang there. Null if something was reported. */
function nodeOf(scope: Scope, given: ts.Expression, { of, node }: Hanging): Expr | null {
  const object = checkExpression(scope, given);
  if (object.type.kind === "error") return null;
  const field = of.shape.fields.find((f) => f.name === node);
  if (object.type.kind !== "ptr" || !sameType(object.type.to, of) || !field) {
    scope.session.report(
      given,
      TSB.mismatch(`a value of type ${typeName(object.type)}`, `an object of ${of.name}`),
    );
    return null;
  }
  return addressOf({ kind: "field", base: object, struct: of, field, type: field.type, loc: object.loc });
}

/** The object around a node that is there. */
function around(node: Expr, { of, offset }: Hanging): Expr {
  const type = pointerTo(of);
  if (offset === 0) return convert(node, type);
  const bytes = convert(node, pointerTo(integers.u8));
  return convert(addressOf(element(bytes, int(BigInt(-offset), node.loc), integers.u8, node.loc)), type);
}

/** The object around a node that may be null. */
function aroundOrNull(scope: Scope, node: Expr, hanging: Hanging): Expr {
  const { loc } = node;
  const type = pointerTo(hanging.of, "direct", true);
  if (hanging.offset === 0) return convert(node, type);
  const held = scope.hidden("node", node.type, loc);
  const read = readVariable(held, loc);
  return {
    kind: "sequence",
    statements: [{ kind: "variable", variable: held, init: node, loc }],
    value: {
      kind: "conditional",
      condition: {
        kind: "compare",
        op: "!=",
        left: read,
        right: nullPointer(pointerTo(voidType), loc),
        type: boolType,
        loc,
      },
      whenTrue: { ...around(read, hanging), type },
      whenFalse: nullPointer(type, loc),
      type,
      loc,
    },
    type,
    loc,
  };
}

const rootArgument = (root: Expr): KernelArgument => ({ name: "root", type: root.type, value: root });
const nodeArgument = (value: Expr): KernelArgument => ({ name: "node", type: value.type, value });

/** The last two of what adds: the verifier puts there what the object's record and offset are. */
const putByVerifier = (loc: Loc): readonly KernelArgument[] => [
  { name: "meta", type: pointerTo(voidType), value: nullPointer(pointerTo(voidType), loc) },
  { name: "off", type: integers.u64, value: int(0n, loc, integers.u64) },
];

/** `list.pushFront(object)`. */
const push =
  (name: string): ObjectMethod =>
  (scope, node, root) => {
    const [given] = writtenArguments(scope, node, 1);
    const added = given && nodeOf(scope, given, hangingIn(root));
    if (!added) return scope.nothing(node);
    const args = [rootArgument(root), nodeArgument(added), ...putByVerifier(scope.session.locate(node))];
    return kernelCall(scope, node, name, args, integers.i32);
  };

/** `list.popFront()`, `tree.first()`: a node that may be null. */
const take =
  (name: string): ObjectMethod =>
  (scope, node, root) => {
    const hanging = hangingIn(root);
    const result = pointerTo(hanging.nodeType, "direct", true);
    return aroundOrNull(scope, kernelCall(scope, node, name, [rootArgument(root)], result), hanging);
  };

/** `tree.remove(object)`, `tree.left(object)`: a node that may be null, found from another. */
const from =
  (name: string): ObjectMethod =>
  (scope, node, root) => {
    const [given] = writtenArguments(scope, node, 1);
    const hanging = hangingIn(root);
    const start = given && nodeOf(scope, given, hanging);
    if (!start) return scope.nothing(node);
    const result = pointerTo(hanging.nodeType, "direct", true);
    const found = kernelCall(scope, node, name, [rootArgument(root), nodeArgument(start)], result);
    return aroundOrNull(scope, found, hanging);
  };

/** `tree.add(object, (a, b) => a.key < b.key)`. */
const add: ObjectMethod = (scope, node, root) => {
  const [given, less] = writtenArguments(scope, node, 2);
  const hanging = hangingIn(root);
  const added = given && nodeOf(scope, given, hanging);
  const arrow = less && arrowOf(scope, less, node);
  if (!added || !arrow) return scope.nothing(node);
  const loc = scope.session.locate(node);
  const nodes = ["a", "b"].map((name, i) => parameterOf(name, pointerTo(hanging.nodeType), loc, i));
  const order = makeClosure(
    scope,
    { name: "less", params: nodes, loc: scope.session.locate(arrow), captures: false },
    { kind: "closure", result: (value) => asNumber(checkCondition(scope, value)) },
    () => [...bindObjects(scope, arrow, nodes, hanging), ...arrowBody(scope, arrow, [])],
  );
  const [captured] = capturesOf(order);
  if (captured) return scope.fail(arrow, TSB.orderCaptures(captured.name));
  const callback: KernelArgument = {
    name: "less",
    type: pointerTo(voidType),
    calls: nodes.map((n) => n.type),
    value: closureArguments(order, loc).address,
  };
  const args = [rootArgument(root), nodeArgument(added), callback, ...putByVerifier(loc)];
  return kernelCall(scope, node, "bpf_rbtree_add_impl", args, integers.i32);
};

const asNumber = (truth: Expr): Expr => (truth.type.kind === "error" ? truth : convert(truth, integers.i64));

/** The kernel hands the callback nodes; its parameters are the objects around them. */
function bindObjects(
  scope: Scope,
  arrow: ts.ArrowFunction,
  nodes: readonly Variable[],
  hanging: Hanging,
): Statement[] {
  return arrow.parameters.flatMap(({ name }, i) => {
    const node = nodes[i];
    return node ? bind(scope, name, around(readVariable(node, node.loc), hanging), true) : [];
  });
}

/** By the kernel's name of the struct. */
export const graphMethods: Readonly<Record<string, Readonly<Record<string, ObjectMethod>>>> = {
  bpf_list_head: {
    pushFront: push("bpf_list_push_front_impl"),
    pushBack: push("bpf_list_push_back_impl"),
    popFront: take("bpf_list_pop_front"),
    popBack: take("bpf_list_pop_back"),
    front: take("bpf_list_front"),
    back: take("bpf_list_back"),
  },
  bpf_rb_root: {
    add,
    remove: from("bpf_rbtree_remove"),
    first: take("bpf_rbtree_first"),
    root: take("bpf_rbtree_root"),
    left: from("bpf_rbtree_left"),
    right: from("bpf_rbtree_right"),
  },
};
