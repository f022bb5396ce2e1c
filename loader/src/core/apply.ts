import type { Btf } from "../btf/btf.js";
import { Instructions } from "../insn/insn.js";
import type { ProgramSpec } from "../spec/spec.js";
import { patchInstruction } from "./patch.js";
import { type CoreFixup, solveCore } from "./solve.js";

/**
 * A program's instructions with its CO-RE relocations applied. What the kernel does not have becomes a call
 * that the verifier rejects, unless the program never gets there; see {@link poisonCall}.
 *
 * @param kernelBtfs the kernel's BTF, then those of modules to look into
 * @returns a copy; the spec is left as it is
 * @throws CoreError, naming the source line and the field; BtfError for damaged BTF
 */
export function applyCore(program: ProgramSpec, objectBtf: Btf, kernelBtfs: readonly Btf[]): Uint8Array {
  return applyFixups(program, solveCore(program, objectBtf, kernelBtfs), objectBtf.endian);
}

/** The second half of {@link applyCore}, for those who also want to see the fixups. @throws CoreError */
export function applyFixups(
  program: ProgramSpec,
  fixups: readonly CoreFixup[],
  endian: "little" | "big",
): Uint8Array {
  const insns = new Instructions(program.instructions.slice(), endian);
  for (const fixup of fixups) patchInstruction(insns, fixup);
  return insns.bytes;
}
