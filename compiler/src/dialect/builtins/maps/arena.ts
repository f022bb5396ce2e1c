import { TSB } from "../../../diagnostics/catalogue.js";
import { convert, int, nullPointer } from "../../build.js";
import { checkExpression } from "../../expressions/index.js";
import { integers, pointerTo, typeName, voidType } from "../../model/types.js";
import { type KernelArgument, kernelCall } from "../kernel-call.js";
import { type MapCall, type MapMethod, numberAt } from "./arguments.js";

const address = pointerTo(voidType);
/** On whatever node: NUMA_NO_NODE, include/linux/numa.h. */
const ANY_NODE = -1n;

const map = ({ map: value }: MapCall): KernelArgument => ({ name: "map", type: address, value });

const pages = (call: MapCall, at: number): KernelArgument | null => {
  const value = numberAt(call, at, integers.u32);
  return value && { name: "page_cnt", type: integers.u32, value };
};

/** `arena.alloc<T>(pages)`: zeroed pages, wherever there is room in the arena. */
const alloc: MapMethod = (call) => {
  const { scope, node } = call;
  const loc = scope.session.locate(node);
  const count = pages(call, 0);
  if (!count) return null;
  const [written] = node.typeArguments ?? [];
  const of = written ? scope.resolve(written) : integers.u8;
  if (of.kind === "error") return null;
  const made = kernelCall(
    scope,
    node,
    "bpf_arena_alloc_pages",
    [
      map(call),
      { name: "addr", type: address, value: nullPointer(address, loc) },
      count,
      { name: "node_id", type: integers.i32, value: int(ANY_NODE, loc, integers.i32) },
      { name: "flags", type: integers.u64, value: int(0n, loc, integers.u64) },
    ],
    address,
  );
  return convert(made, pointerTo(of, "arena", true));
};

/** `arena.free(p, pages)`. */
const free: MapMethod = (call) => {
  const { scope, node } = call;
  const [written] = node.arguments;
  const start = written ? checkExpression(scope, written) : null;
  const count = pages(call, 1);
  if (!written || !start || start.type.kind === "error" || !count) return null;
  if (start.type.kind !== "ptr" || start.type.space !== "arena") {
    scope.session.report(written, TSB.mismatch(`a value of type ${typeName(start.type)}`, "an arena<T>"));
    return null;
  }
  const args = [map(call), { name: "ptr", type: address, value: convert(start, address) }, count];
  return kernelCall(scope, node, "bpf_arena_free_pages", args, voidType);
};

export const arenas: Readonly<Record<string, MapMethod>> = { "arena.alloc": alloc, "arena.free": free };
