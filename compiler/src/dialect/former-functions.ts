import type { ExternFunction } from "./model/model.js";
import { pointerTo, voidType } from "./model/types.js";
import { formerKfunc } from "./stdlib-tables.js";
import { isAtLeast, type Target } from "./target.js";

/**
 * A function of the kernel, with what older kernels of the target have in its place: then both are weak, the object asks
 * which one is there, and the verifier drops the other call.
 */
export function withFormer(target: Target, callee: ExternFunction): ExternFunction {
  const row = formerKfunc(callee.name);
  if (row === null || isAtLeast(target, row.until)) return callee;
  const params =
    row.params === "none" ? [] : [...callee.params, { name: "aux", type: pointerTo(voidType) } as const];
  return { ...callee, weak: true, former: { ...callee, name: row.name, params, weak: true } };
}
