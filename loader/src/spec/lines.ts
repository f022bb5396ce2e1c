import type { LineInfo } from "./spec.js";

/**
 * The source line of an instruction: the last one that begins at or before it. The verifier's log names files
 * by their last part only; this gives the path and the column as well.
 *
 * @param lines `ProgramSpec.lines`, ascending
 * @returns null without line info
 */
export function lineAt(lines: readonly LineInfo[], insn: number): LineInfo | null {
  return lines.findLast((line) => line.insn <= insn) ?? null;
}
