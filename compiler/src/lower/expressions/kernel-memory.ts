import { alignOf, sizeOf } from "../../dialect/model/layout.js";
import type { CopiedSpace, Type } from "../../dialect/model/types.js";
import { helperNamed } from "../../dialect/stdlib-tables.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { loadValue } from "./places.js";

const readers: Readonly<Record<CopiedSpace, string>> = {
  probe: "bpf_probe_read_kernel",
  user: "bpf_probe_read_user",
};

/** Copies `size` bytes of kernel or user memory; the destination is zeroed where they cannot be read. */
export function probeCopy(
  f: FunctionLowering,
  to: ir.Value,
  from: ir.Value,
  size: number,
  space: CopiedSpace,
): void {
  probeCopyOf(f, to, from, ir.constInt(ir.i64, size), space);
}

/** The same of a size that only the loader knows. */
export function probeCopyOf(
  f: FunctionLowering,
  to: ir.Value,
  from: ir.Value,
  size: ir.Value,
  space: CopiedSpace,
): void {
  const helper = helperNamed(readers[space]);
  if (!helper) throw new ir.InternalError("ir-no-carrier", `no helper ${readers[space]}`);
  f.b.helper(helper.id, ir.i64, [to, size, from]);
}

/** A scalar from kernel or user memory; 0 where it cannot be read. */
export function probeRead(f: FunctionLowering, pointer: ir.Value, type: Type, space: CopiedSpace): ir.Value {
  const size = sizeOf(type);
  const scratch = f.scratch("read", type);
  // The end of its life is said, so that LLVM may let the helper write straight to where the value goes.
  ir.intrinsics.lifetimeStart(f.b, scratch, size);
  probeCopy(f, scratch, pointer, size, space);
  const value = loadValue(f, { pointer: scratch, volatile: false, align: alignOf(type) }, type);
  ir.intrinsics.lifetimeEnd(f.b, scratch, size);
  return value;
}
