import type { Btf } from "../btf/btf.js";
import type { ProgramSpec } from "../spec/spec.js";

/** CO-RE stub to be replaced. */
export function applyCore(program: ProgramSpec, objectBtf: Btf, kernelBtfs: readonly Btf[]): Uint8Array {
  throw new Error(`applyCore: not yet written: ${program.name} ${objectBtf.count} ${kernelBtfs.length}`);
}
