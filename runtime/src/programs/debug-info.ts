import { Btf } from "@tsbpfc/loader";
import { btfById } from "../inspect/btf.js";
import { objectInfo } from "../sys/bpf.js";
import { kernel } from "../sys/kernel.js";

/** A function of a program: the program itself first, then those that it calls. */
export interface ProgramFunction {
  /** By the program's BTF; empty if it was loaded without. */
  readonly name: string;
  /** Index of its first instruction, 8 bytes each, in `code("xlated")`. */
  readonly insn: number;
  /** Hash of its instructions, 16 hexadecimal digits. Linux 5.0. */
  readonly tag: string;
  /** Where its machine code is, and how many bytes of it; 0 without a JIT, or if the kernel hides it. */
  readonly address: bigint;
  readonly jitedSize: number;
}

/** What a line of the source became. */
export interface ProgramLine {
  /** Index of the first instruction, as in `ProgramFunction`. */
  readonly insn: number;
  /** Where its machine code is; 0 as for functions. */
  readonly address: bigint;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface ProgramDebugInfo {
  readonly functions: readonly ProgramFunction[];
  readonly lines: readonly ProgramLine[];
}

/** `struct bpf_func_info`, `struct bpf_line_info` (include/uapi/linux/bpf.h); a tag is `BPF_TAG_SIZE`. */
const FUNC_INFO = 8;
const LINE_INFO = 16;
const TAG = 8;
const ADDRESS = 8;
const LENGTH = 4;

/** What the kernel keeps of a program's functions and source lines. Linux 5.0. @throws SyscallError */
export function programDebugInfo(fd: number, label: string): ProgramDebugInfo {
  const k = kernel();
  const counts = objectInfo(fd, "programInfo", label);
  const room = (count: number, size: number): DataView => new DataView(new ArrayBuffer(count * size));
  const functionInfo = room(counts.number("nr_func_info"), FUNC_INFO);
  const lineInfo = room(counts.number("nr_line_info"), LINE_INFO);
  const lineAddresses = room(counts.number("nr_jited_line_info"), ADDRESS);
  const addresses = room(counts.number("nr_jited_ksyms"), ADDRESS);
  const lengths = room(counts.number("nr_jited_func_lens"), LENGTH);
  const tags = room(counts.number("nr_prog_tags"), TAG);
  const at = (view: DataView): bigint => k.address(new Uint8Array(view.buffer));
  const info = objectInfo(fd, "programInfo", label, {
    nr_func_info: functionInfo.byteLength / FUNC_INFO,
    func_info_rec_size: FUNC_INFO,
    func_info: at(functionInfo),
    nr_line_info: lineInfo.byteLength / LINE_INFO,
    line_info_rec_size: LINE_INFO,
    line_info: at(lineInfo),
    nr_jited_line_info: lineAddresses.byteLength / ADDRESS,
    jited_line_info_rec_size: ADDRESS,
    jited_line_info: at(lineAddresses),
    nr_jited_ksyms: addresses.byteLength / ADDRESS,
    jited_ksyms: at(addresses),
    nr_jited_func_lens: lengths.byteLength / LENGTH,
    jited_func_lens: at(lengths),
    nr_prog_tags: tags.byteLength / TAG,
    prog_tags: at(tags),
  });
  const btfId = info.number("btf_id");
  const found = btfId === 0 ? null : btfById(btfId);
  const btf = found && Btf.parse(found.bytes);
  const addressAt = (view: DataView, i: number): bigint =>
    (i + 1) * ADDRESS <= view.byteLength ? view.getBigUint64(i * ADDRESS, true) : 0n;
  const count = Math.max(
    functionInfo.byteLength / FUNC_INFO,
    addresses.byteLength / ADDRESS,
    tags.byteLength / TAG,
  );
  const functions = Array.from({ length: count }, (_, i): ProgramFunction => {
    const has = (i + 1) * FUNC_INFO <= functionInfo.byteLength;
    return {
      name: has && btf ? btf.name(functionInfo.getUint32(i * FUNC_INFO + 4, true)) : "",
      insn: has ? functionInfo.getUint32(i * FUNC_INFO, true) : 0,
      tag: Buffer.from(tags.buffer).toString("hex", i * TAG, (i + 1) * TAG),
      address: addressAt(addresses, i),
      jitedSize: (i + 1) * LENGTH <= lengths.byteLength ? lengths.getUint32(i * LENGTH, true) : 0,
    };
  });
  return { functions, lines: btf ? linesOf(lineInfo, btf, (i) => addressAt(lineAddresses, i)) : [] };
}

/** `line_col`: 22 bits of a line, 10 of a column (`BPF_LINE_INFO_LINE_NUM`). */
const COLUMN_BITS = 10;

function linesOf(info: DataView, btf: Btf, address: (index: number) => bigint): readonly ProgramLine[] {
  return Array.from({ length: info.byteLength / LINE_INFO }, (_, i) => {
    const word = (index: number): number => info.getUint32(i * LINE_INFO + index * 4, true);
    return {
      insn: word(0),
      address: address(i),
      file: btf.string(word(1)),
      text: btf.string(word(2)),
      line: word(3) >>> COLUMN_BITS,
      column: word(3) & ((1 << COLUMN_BITS) - 1),
    };
  });
}
