import type { VerifierFrame } from "./log.js";

/** `; text @ file.c:12` (Linux 6.9 and later), `; text` (before). */
const sourceWithPlace = /^; (.*) @ (\S.*?):(\d+)$/;
const sourceText = /^; ?(.*)$/;
/** `12: (85) call bpf_map_lookup_elem#1  ; R0_w=…`, also `;`-separated states of older kernels. */
const instruction = /^(\d+): \([0-9a-f]{2}\) /;
/** The verifier has come to the end of one way, and goes on with the other one of a branch before. */
const otherBranch = /^from (\d+) to \d+/;

export const isInstruction = (line: string): boolean => instruction.test(line);

/** A global function is verified by itself, after the program. */
const otherFunction = /^Validating .* func#\d+/;

/** The instructions that led to where the log ends, one frame each, with the source line in force. */
export function readPath(lines: readonly string[]): VerifierFrame[] {
  const frames: VerifierFrame[] = [];
  let source: Omit<VerifierFrame, "insn"> = { file: "", line: 0, text: "" };
  let pending = false;
  for (const line of lines) {
    if (line.startsWith(";")) {
      source = readSource(line);
      pending = true;
      continue;
    }
    if (otherFunction.test(line)) frames.length = 0;
    const branch = otherBranch.exec(line)?.[1];
    if (branch !== undefined) {
      // What came after the branch is of the way that was left. An old log may have lost the branch itself.
      frames.length = frames.findLastIndex(({ insn }) => insn === Number(branch)) + 1;
      continue;
    }
    const insn = instruction.exec(line)?.[1];
    if (insn === undefined) continue;
    frames.push({ insn: Number(insn), ...source });
    pending = false;
  }
  // The log may end on a source line whose instruction it did not get to print.
  if (pending) frames.push({ insn: -1, ...source });
  return frames;
}

function readSource(line: string): Omit<VerifierFrame, "insn"> {
  const [, text, file, number] = sourceWithPlace.exec(line) ?? [];
  if (text !== undefined && file !== undefined) return { file, line: Number(number), text };
  return { file: "", line: 0, text: sourceText.exec(line)?.[1] ?? "" };
}

/** One frame for each change of source line. */
export const bySource = <F extends Omit<VerifierFrame, "insn">>(frames: readonly F[]): F[] =>
  frames.filter((frame, i) => i === 0 || !isSameSource(frame, frames[i - 1]!));

function isSameSource(a: Omit<VerifierFrame, "insn">, b: Omit<VerifierFrame, "insn">): boolean {
  const known = a.text !== "" || a.line > 0;
  return known && a.file === b.file && a.line === b.line && a.text === b.text;
}
