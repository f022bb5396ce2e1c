import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { int } from "../build.js";
import { closureArguments } from "../closures.js";
import { checkExpression, checkValue } from "../expressions/index.js";
import type { Expr } from "../model/expressions.js";
import { integers, pointerTo, type Type, voidType } from "../model/types.js";
import type { Scope } from "../scope.js";
import { ownedCallback } from "./callbacks.js";
import { graphMethods, type ObjectMethod } from "./graphs.js";
import { helperCall } from "./helper-call.js";
import { type KernelArgument, kernelCall } from "./kernel-call.js";

/** `init(map, n)`, `start(n, flags)`, `cancel()`: the arguments as the helper or the kernel function takes them. */
type Argument = "map" | "u64" | "u32" | "flags";

function argumentsAs(
  scope: Scope,
  node: ts.CallExpression,
  wanted: readonly Argument[],
): readonly Expr[] | null {
  const args: Expr[] = [];
  for (const [i, kind] of wanted.entries()) {
    const given = node.arguments[i];
    if (!given && kind === "flags") args.push(int(0n, scope.session.locate(node), integers.u64));
    else if (!given) {
      const expected = `${wanted.length} argument${wanted.length === 1 ? "" : "s"}`;
      scope.session.report(
        node,
        TSB.argumentCount(node.expression.getText(), expected, node.arguments.length),
      );
      return null;
    } else if (kind === "map") {
      const map = checkExpression(scope, given);
      if (map.type.kind !== "map" && map.type.kind !== "error")
        scope.session.report(given, TSB.mismatch("This", "the map whose value holds it"));
      args.push(map);
    } else args.push(checkValue(scope, given, kind === "u32" ? integers.u32 : integers.u64));
  }
  return args.some((a) => a.type.kind === "error") ? null : args;
}

const byHelper =
  (name: string, ...wanted: readonly Argument[]): ObjectMethod =>
  (scope, node, object) => {
    const args = argumentsAs(scope, node, wanted);
    return args ? helperCall(scope, node, name, [object, ...args], integers.i64) : scope.nothing(node);
  };

const argumentTypes: Readonly<Record<Argument, Type>> = {
  map: pointerTo(voidType),
  u64: integers.u64,
  u32: integers.u32,
  flags: integers.u32,
};

/** Work queues have kernel functions in place of helpers: kernel/bpf/helpers.c, Linux 6.10. */
const onWorkQueue =
  (name: string, ...wanted: readonly Argument[]): ObjectMethod =>
  (scope, node, object) => {
    const args = argumentsAs(scope, node, wanted);
    if (!args) return scope.nothing(node);
    const given = args.flatMap((value, i) => {
      const kind = wanted[i];
      return kind ? [{ name: kind, type: argumentTypes[kind], value }] : [];
    });
    const queue = { name: "wq", type: object.type, value: object };
    return kernelCall(scope, node, name, [queue, ...given], integers.i32);
  };

const setWorkCallback: ObjectMethod = (scope, node, object) => {
  const closure = ownedCallback(scope, node, object);
  if (!closure) return scope.nothing(node);
  const loc = scope.session.locate(node);
  const address = pointerTo(voidType);
  const args: readonly KernelArgument[] = [
    { name: "wq", type: object.type, value: object },
    {
      name: "callback_fn",
      type: address,
      calls: [address, pointerTo(integers.i32), address],
      value: closureArguments(closure, loc).address,
    },
    { name: "flags", type: integers.u32, value: int(0n, loc, integers.u32) },
  ];
  return kernelCall(scope, node, "bpf_wq_set_callback", args, integers.i32);
};

/** By the kernel's name of the struct. */
const methods: Readonly<Record<string, Readonly<Record<string, ObjectMethod>>>> = {
  bpf_timer: {
    init: byHelper("bpf_timer_init", "map", "u64"),
    start: byHelper("bpf_timer_start", "u64", "flags"),
    setCallback: (scope, node, object) => {
      const closure = ownedCallback(scope, node, object);
      if (!closure) return scope.nothing(node);
      const { address } = closureArguments(closure, scope.session.locate(node));
      return helperCall(scope, node, "bpf_timer_set_callback", [object, address], integers.i64);
    },
    cancel: byHelper("bpf_timer_cancel"),
  },
  bpf_wq: {
    init: onWorkQueue("bpf_wq_init", "map", "flags"),
    setCallback: setWorkCallback,
    start: onWorkQueue("bpf_wq_start", "flags"),
  },
  ...graphMethods,
};

/** Null for a method that is none of these. */
export function callObjectMethod(
  scope: Scope,
  node: ts.CallExpression,
  object: Expr,
  method: string,
): Expr | null {
  const struct = object.type.kind === "ptr" && object.type.to.kind === "struct" ? object.type.to.name : "";
  const table = Object.hasOwn(methods, struct) ? methods[struct] : undefined;
  const check = table && Object.hasOwn(table, method) ? table[method] : undefined;
  return check ? check(scope, node, object) : null;
}
