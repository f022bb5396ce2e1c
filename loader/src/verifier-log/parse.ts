import { adviceFor } from "./advice.js";
import { readExplanation } from "./explanation.js";
import type { VerifierFrame, VerifierLog, VerifierStatistics } from "./log.js";

/** `; text @ file.c:12` (Linux 6.9 and later), `; text` (before). */
const sourceWithPlace = /^; (.*) @ (\S.*?):(\d+)$/;
const sourceText = /^; ?(.*)$/;
/** `12: (85) call bpf_map_lookup_elem#1  ; R0_w=…`, also `;`-separated states of older kernels. */
const instruction = /^(\d+): \([0-9a-f]{2}\) /;
const statistics =
  /^processed (\d+) insns \(limit (\d+)\) max_states_per_insn (\d+) total_states (\d+) peak_states (\d+)/;
const stackDepth = /^stack depth (\d+(?:\+\d+)*)/;
const duration = /^verification time (\d+) usec/;

/** What may follow the reason of a rejection. */
const trailer: readonly RegExp[] = [/^$/, /^(cur|old) state:/, statistics, stackDepth, duration];

/**
 * Lines that describe the verifier's state or its steps. Where the last line before the trailer is one, the log
 * names no reason: the program passed, or the log is cut off.
 */
const narration: readonly RegExp[] = [
  /^[;\s]/,
  /^\d+: /,
  /^from \d+ to \d+/,
  /^func#\d+ @\d+/,
  /^(caller|callee|returning from callee|to caller at \d+):?/,
  /^R\d+(_\w+)?=/,
  /^mark_precise:/,
  /^(last_idx|first_idx|parent|regs=|propagating|frame ?\d)/,
  /^(arg#\d+ reference type|Validating .* func#\d+|Func#\d+ .*(is safe|assumed valid)|Live regs)/,
  /^safe$/,
];

/**
 * Parses the log that a program load gave, in the form of kernels before Linux 7.3 and of those since, which add
 * a report ("Verification failed: …", "Reason:", "Suggestion:"). Never throws: what it does not know it
 * skips, and a truncated log gives what there is of it.
 */
export function parseVerifierLog(log: string): VerifierLog {
  const end = log.indexOf("\0");
  const lines = (end < 0 ? log : log.slice(0, end)).split("\n").map((line) => line.trimEnd());
  const { explanation, before } = readExplanation(lines);
  const frames = readFrames(lines.slice(0, before));
  const summary = summarize(lines.slice(0, before)) || explanation?.title || "";
  return {
    summary,
    explanation,
    advice: explanation?.suggestion || adviceFor(summary),
    at: frames.at(-1) ?? null,
    frames: frames.filter((frame, i) => i === 0 || !sameSource(frame, frames[i - 1]!)),
    statistics: last(lines, readStatistics),
    stackDepths: last(lines, (line) => stackDepth.exec(line)?.[1]?.split("+").map(Number) ?? null) ?? [],
    microseconds: last(lines, (line) => {
      const found = duration.exec(line)?.[1];
      return found === undefined ? null : Number(found);
    }),
  };
}

/** The last line of the path, if it is a reason: the verifier stops right after it has given one. */
function summarize(lines: readonly string[]): string {
  const last = lines.findLast((line) => !trailer.some((pattern) => pattern.test(line))) ?? "";
  return narration.some((pattern) => pattern.test(last)) ? "" : last;
}

/** One frame for each instruction that the log shows, with the source line in force. */
function readFrames(lines: readonly string[]): VerifierFrame[] {
  const frames: VerifierFrame[] = [];
  let source: Omit<VerifierFrame, "insn"> = { file: "", line: 0, text: "" };
  let pending = false;
  for (const line of lines) {
    if (line.startsWith(";")) {
      source = readSource(line);
      pending = true;
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

function sameSource(a: VerifierFrame, b: VerifierFrame): boolean {
  const known = a.text !== "" || a.line > 0;
  return known && a.file === b.file && a.line === b.line && a.text === b.text;
}

function readStatistics(line: string): VerifierStatistics | null {
  const numbers = statistics.exec(line)?.slice(1).map(Number);
  if (numbers === undefined) return null;
  const [insns = 0, limit = 0, maxStatesPerInsn = 0, totalStates = 0, peakStates = 0] = numbers;
  return { insns, limit, maxStatesPerInsn, totalStates, peakStates };
}

/** The last such line: a log may hold those of several attempts. */
function last<T>(lines: readonly string[], read: (line: string) => T | null): T | null {
  for (let i = lines.length - 1; i >= 0; i--) {
    const found = read(lines[i]!);
    if (found !== null) return found;
  }
  return null;
}
