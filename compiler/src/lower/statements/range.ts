import type { Statement } from "../../dialect/model/statements.js";
import * as ir from "../../ir/index.js";
import { lowerExpression } from "../expressions/index.js";
import { storeValue } from "../expressions/places.js";
import type { FunctionLowering } from "../functions.js";
import { lowerStatement } from "./index.js";

/** `struct bpf_iter_num` and the three functions that go with it (kernel/bpf/bpf_iter.c). */
function iterator(f: FunctionLowering) {
  const { debug } = f.types.module;
  const struct = debug.struct({ kind: "struct", name: "bpf_iter_num", sizeBits: 64 });
  struct.define([{ name: "__opaque", type: debug.array(debug.integer(64, false), 1), offsetBits: 0 }]);
  const state = { name: "it", value: ir.ptr, debug: debug.pointer(struct) };
  const int = { value: ir.i32, debug: debug.integer(32, true) };
  const { kfuncs } = f.context;
  return {
    start: () =>
      kfuncs.declare({
        name: "bpf_iter_num_new",
        returns: int,
        params: [state, { ...int, name: "start" }, { ...int, name: "end" }],
      }),
    next: () =>
      kfuncs.declare({
        name: "bpf_iter_num_next",
        returns: { value: ir.ptr, debug: debug.pointer(int.debug) },
        params: [state],
      }),
    destroy: () =>
      kfuncs.declare({
        name: "bpf_iter_num_destroy",
        returns: { value: ir.voidType, debug: null },
        params: [state],
      }),
  };
}

/** Rounds until the kernel's iterator gives null. Every way out destroys it: the verifier asks for that. */
export function lowerRange(f: FunctionLowering, statement: Statement & { kind: "range" }): void {
  const { variable, label } = statement;
  const from = lowerExpression(f, statement.from);
  const to = lowerExpression(f, statement.to);
  f.at(statement.loc);
  const kfuncs = iterator(f);
  const state = f.b.alloca(ir.arrayType(ir.i8, 8), "iterator", 8);
  const destroy = (): void => {
    f.b.call(kfuncs.destroy(), [state]);
  };
  const [test, body, end] = [f.fn.block("next"), f.fn.block("body"), f.fn.block("end")];
  f.b.call(kfuncs.start(), [state, from, to]);
  f.b.br(test);

  f.b.at(test);
  const current = f.b.call(kfuncs.next(), [state]);
  f.b.condBr(f.b.icmp("ne", current, ir.nullPtr), body, end);

  f.b.at(body);
  f.entered(destroy);
  // `break` goes to where the iterator is destroyed anyway.
  f.opened(label, { end, next: test });
  const { slot } = variable.copy;
  const value = f.b.load(ir.i32, current, { align: 4 });
  for (const pointer of [f.variable(variable), ...(slot ? [f.slot(slot)] : [])])
    storeValue(f, value, variable.type, { pointer, volatile: false, align: 8 });
  lowerStatement(f, statement.body);
  if (!f.b.terminated) f.b.br(test);
  f.left();

  f.b.at(end);
  f.at(statement.loc);
  destroy();
}
