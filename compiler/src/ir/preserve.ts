import type { Builder } from "./builder.js";
import { memberAddress } from "./core-relocations.js";
import type { DIType } from "./debug-types.js";
import type { IrType } from "./types.js";
import type { Value } from "./values.js";

/** `memberAddress` in the shape of `llvm.preserve.struct.access.index`, which LLVM can run once a process only. */
export function preserveStructAccess(
  b: Builder,
  _struct: IrType,
  base: Value,
  _fieldIndex: number,
  memberIndex: number,
  accessed: DIType,
): Value {
  return memberAddress(b, base, memberIndex, accessed);
}

/** `memberAddress` in the shape of `llvm.preserve.union.access.index`. */
export function preserveUnionAccess(b: Builder, base: Value, memberIndex: number, accessed: DIType): Value {
  return memberAddress(b, base, memberIndex, accessed);
}
