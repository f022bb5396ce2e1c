import { Instructions, insnClass, opcode, type ProgramSpec, pseudoCall } from "@tsbpfc/loader";

/** A function of a program, and the bytes of stack that it uses itself. */
export interface Frame {
  readonly name: string;
  readonly bytes: number;
}

const FRAME_POINTER = 10;
const MOV_X = 0xbf;
const ADD_K = 0x07;
/** What the kernel rounds each frame up to (kernel/bpf/verifier.c, round_up_stack_depth; 32 before Linux 6.8). */
const ROUNDED_TO = 16;

/**
 * The chain of calls of a program that takes most stack, from the program itself on, and its bytes as the kernel counts
 * them. A function that the kernel calls back counts as one that is called, unless it runs by itself later (`alone`).
 */
export function deepestChain(
  { instructions, functions, references }: ProgramSpec,
  alone: ReadonlySet<string>,
): { readonly frames: readonly Frame[]; readonly bytes: number } {
  const insns = new Instructions(instructions, "little");
  const addressed = new Map(
    references.flatMap((one) => (one.kind === "function" ? [[one.insn, one.target] as const] : [])),
  );
  const byStart = new Map(functions.map((func, i) => [func.insn, { func, end: functions[i + 1]?.insn }]));

  const below = (start: number): { frames: readonly Frame[]; bytes: number } => {
    const { func, end = insns.count } = byStart.get(start) ?? {};
    if (!func) return { frames: [], bytes: 0 };
    const frame = { name: func.name, bytes: frameOf(insns, start, end) };
    let deepest: { frames: readonly Frame[]; bytes: number } = { frames: [], bytes: 0 };
    for (const target of targets(insns, start, end, addressed)) {
      const name = byStart.get(target)?.func.name;
      if (name === undefined || alone.has(name)) continue;
      const chain = below(target);
      if (chain.bytes > deepest.bytes) deepest = chain;
    }
    const rounded = Math.ceil(Math.max(frame.bytes, 1) / ROUNDED_TO) * ROUNDED_TO;
    return { frames: [frame, ...deepest.frames], bytes: rounded + deepest.bytes };
  };
  return below(0);
}

/** Where the functions start that this one calls, or whose address it takes. BPF has no recursion. */
function targets(
  insns: Instructions,
  start: number,
  end: number,
  addressed: ReadonlyMap<number, number>,
): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = start; at < end; at++) {
    const target =
      insns.code(at) === opcode.call && insns.src(at) === pseudoCall.subprogram
        ? at + insns.imm(at) + 1
        : addressed.get(at);
    if (target !== undefined && target !== start) found.add(target);
  }
  return found;
}

/** The lowest byte below the frame pointer that the instructions access, or take the address of. */
function frameOf(insns: Instructions, start: number, end: number): number {
  let lowest = 0;
  const copies = new Set<number>();
  for (let at = start; at < end; at++) {
    const [code, dst, src] = [insns.code(at), insns.dst(at), insns.src(at)];
    const kind = code & 7;
    const base = kind === insnClass.ldx ? src : kind === insnClass.st || kind === insnClass.stx ? dst : null;
    if (base === FRAME_POINTER) lowest = Math.min(lowest, insns.off(at));
    if (code === ADD_K && copies.has(dst)) lowest = Math.min(lowest, insns.imm(at));
    copies.delete(dst);
    if (code === MOV_X && src === FRAME_POINTER) copies.add(dst);
    if (code === opcode.ldImm64) at++;
  }
  return -lowest;
}
