import { type Instructions, insnClass, opcode } from "../insn/insn.js";
import { CoreError, type CoreErrorCode } from "./error.js";
import type { CoreFixup } from "./solve.js";
import type { CoreValue } from "./value.js";

/**
 * The call that takes the place of what cannot be resolved: libbpf's number for it, which no kernel has a
 * helper for. The verifier rejects it where it can be reached, and so only there: "invalid func unknown#195896080".
 */
export const poisonCall = 0xbad2310;

/** Writes a fixup into its instruction. @throws CoreError CORE_BAD_INSTRUCTION, CORE_OFFSET_TOO_LARGE */
export function patchInstruction(insns: Instructions, fixup: CoreFixup): void {
  const { insn } = fixup.relocation;
  if (insn >= insns.count) throw fault(fixup, "CORE_BAD_INSTRUCTION", "there is no such instruction");
  if (fixup.target === null) poison(insns, insn);
  else patchers[insns.code(insn) & 7]!(insns, fixup, fixup.target);
}

type Patcher = (insns: Instructions, fixup: CoreFixup, target: CoreValue) => void;

const patchers: Readonly<Record<number, Patcher>> = {
  [insnClass.ld]: patchLdImm64,
  [insnClass.ldx]: patchMemory,
  [insnClass.st]: patchMemory,
  [insnClass.stx]: patchMemory,
  [insnClass.alu]: patchImmediate,
  [insnClass.alu64]: patchImmediate,
  [insnClass.jmp]: refuse,
  [insnClass.jmp32]: refuse,
};

function patchImmediate(insns: Instructions, fixup: CoreFixup, target: CoreValue): void {
  const { insn } = fixup.relocation;
  // BPF_X: the operand is a register, so there is no immediate.
  if ((insns.code(insn) & 8) !== 0) refuse(insns, fixup);
  const { local } = fixup;
  if (local.exact && BigInt(insns.imm(insn)) !== BigInt.asIntN(32, local.value))
    throw mismatch(fixup, insns.imm(insn));
  if (BigInt.asIntN(32, target.value) !== target.value && BigInt.asUintN(32, target.value) !== target.value) {
    throw fault(fixup, "CORE_OFFSET_TOO_LARGE", `${target.value} does not fit the 32 bits of the immediate`);
  }
  insns.setImm(insn, Number(BigInt.asIntN(32, target.value)));
}

function patchLdImm64(insns: Instructions, fixup: CoreFixup, target: CoreValue): void {
  const { insn } = fixup.relocation;
  if (!insns.isLdImm64(insn) || insns.src(insn) !== 0) refuse(insns, fixup);
  const old = insns.imm64(insn);
  if (fixup.local.exact && old !== BigInt.asUintN(64, fixup.local.value)) throw mismatch(fixup, old);
  insns.setImm64(insn, target.value);
}

/** Bytes by the size bits of a load or store, and back. */
const accessSizes: Readonly<Record<number, number>> = { 0: 4, 8: 2, 16: 1, 24: 8 };
const sizeBits: Readonly<Record<number, number>> = { 4: 0x00, 2: 0x08, 1: 0x10, 8: 0x18 };
const sizeMask = 0x18;

function patchMemory(insns: Instructions, fixup: CoreFixup, target: CoreValue): void {
  const { insn } = fixup.relocation;
  const { local } = fixup;
  if (local.exact && BigInt(insns.off(insn)) !== local.value) throw mismatch(fixup, insns.off(insn));
  if (target.value > 0x7fffn) {
    throw fault(
      fixup,
      "CORE_OFFSET_TOO_LARGE",
      `offset ${target.value} does not fit the 16 bits of a load; take the field's address first`,
    );
  }
  if (!mayResize(local, target)) {
    poison(insns, insn);
    return;
  }
  insns.setOff(insn, Number(target.value));
  if (local.field === null || target.field === null || local.field.size === target.field.size) return;
  // Pointers: the kernel's are as wide as BPF's, whatever size() says.
  if (local.field.btf.kind(local.field.btf.resolve(local.field.type)) === "ptr") return;
  const code = insns.code(insn);
  const bits = sizeBits[target.field.size];
  if (accessSizes[code & sizeMask] !== local.field.size || bits === undefined) {
    throw fault(
      fixup,
      "CORE_BAD_INSTRUCTION",
      `an access of ${local.field.size} bytes cannot become one of ${target.field.size}`,
    );
  }
  insns.setCode(insn, (code & ~sizeMask) | bits);
}

/**
 * A load may change its width only between unsigned integers: a wider or narrower signed one would need
 * another sign extension. Otherwise libbpf poisons the access, and so do we.
 */
function mayResize(local: CoreValue, target: CoreValue): boolean {
  if (local.field === null || target.field === null || local.field.size === target.field.size) return true;
  const [a, b] = [local.field, target.field].map(({ btf, type }) => btf.type(btf.resolve(type)));
  if (a?.kind === "ptr" && b?.kind === "ptr") return true;
  return a?.kind === "int" && b?.kind === "int" && a.encoding !== "signed" && b.encoding !== "signed";
}

function poison(insns: Instructions, insn: number): void {
  const slots = insns.isLdImm64(insn) ? 2 : 1;
  for (let i = insn; i < insn + slots; i++) {
    insns.setCode(i, opcode.call);
    insns.setRegisters(i, 0, 0);
    insns.setOff(i, 0);
    insns.setImm(i, poisonCall);
  }
}

function refuse(insns: Instructions, fixup: CoreFixup): never {
  const code = insns.code(fixup.relocation.insn).toString(16);
  throw fault(
    fixup,
    "CORE_BAD_INSTRUCTION",
    `an instruction with opcode 0x${code} cannot be relocated; build the object again`,
  );
}

function mismatch(fixup: CoreFixup, found: number | bigint): CoreError {
  const { relocation, local } = fixup;
  return fault(
    fixup,
    "CORE_BAD_INSTRUCTION",
    `the instruction holds ${found}, but ${relocation.kind} by the object's own types is ${local.value}; build the object again`,
  );
}

function fault({ place }: CoreFixup, code: CoreErrorCode, what: string): CoreError {
  return new CoreError(code, what, place);
}
