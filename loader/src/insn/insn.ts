/** Opcodes and pseudo source registers that the loader tells apart (include/uapi/linux/bpf.h, RFC 9669). */
export const opcode = { ldImm64: 0x18, call: 0x85 } as const;
/** `BPF_PSEUDO_*`: what an `ld_imm64`'s `src_reg` says of its immediate. */
export const pseudo = { mapFd: 1, mapValue: 2, func: 4 } as const;
/** `BPF_PSEUDO_CALL`, `BPF_PSEUDO_KFUNC_CALL`: what a call's `src_reg` says of its immediate. */
export const pseudoCall = { helper: 0, subprogram: 1, kfunc: 2 } as const;
/** `BPF_CLASS()` of an opcode. */
export const insnClass = { ld: 0, ldx: 1, st: 2, stx: 3, alu: 4, jmp: 5, jmp32: 6, alu64: 7 } as const;
export const insnSize = 8;

/** BPF instructions in either byte order (`struct bpf_insn`), read and written in place. */
export class Instructions {
  readonly bytes: Uint8Array;
  readonly endian: "little" | "big";
  /** Number of 8-byte slots; an `ld_imm64` takes two. */
  readonly count: number;
  readonly #view: DataView;
  readonly #little: boolean;

  constructor(bytes: Uint8Array, endian: "little" | "big") {
    this.bytes = bytes;
    this.endian = endian;
    this.count = Math.floor(bytes.byteLength / insnSize);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = endian === "little";
  }

  code(insn: number): number {
    return this.#view.getUint8(insn * insnSize);
  }

  setCode(insn: number, code: number): void {
    this.#view.setUint8(insn * insnSize, code);
  }

  /** The two register nibbles swap places with the byte order. */
  src(insn: number): number {
    const registers = this.#view.getUint8(insn * insnSize + 1);
    return this.#little ? registers >> 4 : registers & 0xf;
  }

  dst(insn: number): number {
    const registers = this.#view.getUint8(insn * insnSize + 1);
    return this.#little ? registers & 0xf : registers >> 4;
  }

  setRegisters(insn: number, dst: number, src: number): void {
    this.#view.setUint8(insn * insnSize + 1, this.#little ? (src << 4) | dst : (dst << 4) | src);
  }

  setSrc(insn: number, src: number): void {
    this.setRegisters(insn, this.dst(insn), src);
  }

  off(insn: number): number {
    return this.#view.getInt16(insn * insnSize + 2, this.#little);
  }

  setOff(insn: number, off: number): void {
    this.#view.setInt16(insn * insnSize + 2, off, this.#little);
  }

  imm(insn: number): number {
    return this.#view.getInt32(insn * insnSize + 4, this.#little);
  }

  setImm(insn: number, imm: number): void {
    this.#view.setInt32(insn * insnSize + 4, imm, this.#little);
  }

  /** The immediate of an `ld_imm64`: the low half first. */
  imm64(insn: number): bigint {
    return (BigInt(this.imm(insn + 1) >>> 0) << 32n) | BigInt(this.imm(insn) >>> 0);
  }

  setImm64(insn: number, value: bigint): void {
    this.setImm(insn, Number(BigInt.asIntN(32, value)));
    this.setImm(insn + 1, Number(BigInt.asIntN(32, value >> 32n)));
  }

  /** True if an `ld_imm64` with both of its slots starts here. */
  isLdImm64(insn: number): boolean {
    return this.code(insn) === opcode.ldImm64 && insn + 1 < this.count && this.code(insn + 1) === 0;
  }
}
