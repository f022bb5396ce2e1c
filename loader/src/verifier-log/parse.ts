import { adviceFor, type SourceLanguage } from "./advice.js";
import { asCategory } from "./category.js";
import { findExplanation } from "./explanation.js";
import { invalidation } from "./invalidation.js";
import type { VerifierEvent, VerifierFrame, VerifierLog, VerifierStatistics } from "./log.js";
import { bySource, isInstruction, readPath } from "./path.js";

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

/** `Unreleased reference id=2 alloc_insn=5`. */
const acquisition = /^Unreleased reference id=(\d+) alloc_insn=(\d+)/;

/**
 * Parses the log that a program load gave, in the form of kernels before Linux 7.3 and of those since, which add
 * a report ("Verification failed: …", "Reason:", "Suggestion:") to what they said before. Never throws: what it does
 * not know it skips, and a truncated log gives what there is of it.
 *
 * @param language what the program is written in, as far as the advice goes
 */
export function parseVerifierLog(log: string, language: SourceLanguage = "c"): VerifierLog {
  const end = log.indexOf("\0");
  const lines = (end < 0 ? log : log.slice(0, end)).split("\n").map((line) => line.trimEnd());
  const found = findExplanation(lines);
  // A report in the middle is about a way that the verifier tried, and not about the program.
  const explanation = found && !lines.slice(found.end).some(isInstruction) ? found.explanation : null;
  const said = explanation && found ? lines.slice(0, found.begin) : lines;
  const path = readPath(said);
  const reasons = readReasons(said);
  const summary = reasons.at(-1) ?? (explanation?.problem || explanation?.category || "");
  const ended = explanation ? null : invalidation(summary, said, path);
  const causes = explanation?.causes ?? [...acquisitions(reasons, path), ...(ended ? [ended] : [])];
  const known = adviceFor([...reasons, ...causes.map((cause) => cause.note)].join("\n"), language);
  return {
    summary,
    category: (explanation && asCategory(explanation.category)) ?? known?.category ?? null,
    explanation,
    advice: known?.advice ?? explanation?.suggestion ?? "",
    at: placed(explanation?.at, path) ?? path.at(-1) ?? null,
    path,
    frames: bySource(path),
    causes,
    statistics: last(lines, readStatistics),
    stackDepths: last(lines, (line) => stackDepth.exec(line)?.[1]?.split("+").map(Number) ?? null) ?? [],
    microseconds: last(lines, (line) => {
      const found = duration.exec(line)?.[1];
      return found === undefined ? null : Number(found);
    }),
  };
}

/** The last lines before the trailer, as far as they are reasons: the verifier stops right after it has given them. */
function readReasons(lines: readonly string[]): string[] {
  const end = lines.findLastIndex((line) => !trailer.some((pattern) => pattern.test(line))) + 1;
  const begin =
    lines.slice(0, end).findLastIndex((line) => narration.some((pattern) => pattern.test(line))) + 1;
  return lines.slice(begin, end);
}

/** A report without a source names the instruction, whose source line the path may have. */
function placed(at: VerifierEvent | null | undefined, path: readonly VerifierFrame[]): VerifierFrame | null {
  if (!at) return null;
  return (at.line === 0 && path.findLast(({ insn }) => insn === at.insn)) || at;
}

/** Where what a program did not release was acquired. */
function acquisitions(reasons: readonly string[], path: readonly VerifierFrame[]): VerifierEvent[] {
  return reasons.flatMap((reason) => {
    const [, id, insn] = acquisition.exec(reason) ?? [];
    const frame = path.findLast((frame) => frame.insn === Number(insn));
    return frame ? [{ ...frame, label: "acquired", note: `owned resource (id=${id})` }] : [];
  });
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
