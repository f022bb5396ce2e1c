import {
  bySource,
  type CoreFixup,
  lineAt,
  type ProgramSpec,
  parseVerifierLog,
  poisonCall,
  type VerifierCategory,
  type VerifierLog,
} from "@tsbpfc/loader";
import { SyscallError } from "../sys/errors.js";
import { programTooOld } from "./ages.js";

/** A place in the probe's source that the verifier's path went through. */
export interface SourceFrame {
  /** Instruction index; -1 where only the source is known. */
  readonly insn: number;
  readonly file: string;
  /** From 1; 0 where unknown. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** Something on the path that made the verifier reject the program. */
export interface SourceEvent extends SourceFrame {
  /** The kernel's word for it: `acquired`, `invalidated`, `update`, `branch`, `context`. */
  readonly label: string;
  /** `R0 changed from uninitialized value to nullable map value from table at offset 0`. */
  readonly note: string;
}

/** The parts of a rejection, in terms of the source. */
export interface VerifierFindings {
  /** What the log says, taken apart; its places are as the kernel prints them. */
  readonly summary: VerifierLog;
  readonly at: SourceFrame | null;
  readonly frames: readonly SourceFrame[];
  readonly causes: readonly SourceEvent[];
  readonly missing: CoreFixup | null;
  /** Why the function that the program calls there is not there, as a sentence; null if that is not the reason. */
  readonly absentCall: string | null;
}

/**
 * The verifier rejected a program. `message` is its reason with the place in the source, what made it so and what to
 * do; `log` is all it said, or the last 16 MiB of it.
 */
export class VerifierError extends SyscallError implements VerifierFindings {
  override readonly name = "VerifierError";
  readonly summary: VerifierLog;
  /** What kind of rule was broken; null if it is none that is known. */
  readonly category: VerifierCategory | null;
  /** Where it stopped; null if the log does not say. */
  readonly at: SourceFrame | null;
  /** The path there, one frame for each change of source line. */
  readonly frames: readonly SourceFrame[];
  /**
   * What made it so, in order: every step on Linux 7.3 and later; before, only where what was not released was
   * acquired, and which call ended a pointer that is followed after it.
   */
  readonly causes: readonly SourceEvent[];
  /** What the program came to that this kernel's types do not have; null if that is not the reason. */
  readonly missing: CoreFixup | null;
  /** Why the kernel's function that the program calls there is not there; null if that is not the reason. */
  readonly absentCall: string | null;

  constructor(
    readonly program: ProgramSpec,
    errno: number,
    readonly log: string,
    findings: VerifierFindings,
  ) {
    const { summary, at, frames, causes, missing, absentCall } = findings;
    super(
      "bpf(BPF_PROG_LOAD)",
      errno,
      `program '${program.name}'`,
      missing ? explainMissing(missing) : explain(program, errno, findings),
    );
    this.summary = summary;
    this.category = summary.category;
    this.at = at;
    this.frames = frames;
    this.causes = causes;
    this.missing = missing;
    this.absentCall = absentCall;
    // There for those who ask; an uncaught error would print all of it.
    for (const name of ["program", "log", "summary", "frames", "causes", "missing", "absentCall"])
      Object.defineProperty(this, name, { enumerable: false });
  }
}

function explain(program: ProgramSpec, number: number, findings: VerifierFindings): string {
  const { summary, at, causes, absentCall } = findings;
  const old = programTooOld(number, program);
  const reason = absent(summary, absentCall) ?? summary.summary;
  if (reason.trim() === "")
    return (
      old ||
      "The kernel gives no reason: it may not allow this program type here, or wants more capabilities."
    );
  const lines = [
    `${old} The verifier rejects it: ${reason}`.trim(),
    at ? `at ${shown(at)}` : "",
    // A policy's reason says nothing that its line does not.
    summary.category === "Policy" ? "" : (summary.explanation?.reason ?? ""),
    ...told(causes, at).map((cause) => `${cause.label} at ${shown(cause)}${noted(cause)}`),
    summary.advice,
  ];
  return lines.filter((line) => line !== "").join("\n  ");
}

const shown = ({ file, line, column, text }: SourceFrame): string =>
  `${file}:${line}${column > 0 ? `:${column}` : ""}: ${text.trim()}`;

/** A branch's note is about the instruction: whether it jumps, which the source does not say. */
const noted = ({ label, note }: SourceEvent): string => (label === "branch" ? "" : ` (${note})`);

/** Causes that a message has room for. */
const MOST_CAUSES = 4;

/** The last causes, each line of the source once, less the line that `at` names. */
function told(causes: readonly SourceEvent[], at: SourceFrame | null): readonly SourceEvent[] {
  const elsewhere = causes.filter((cause, i) => {
    const isSame = (other: SourceFrame): boolean => other.file === cause.file && other.line === cause.line;
    return cause.line > 0 && !(at && isSame(at)) && !causes.slice(i + 1).some(isSame);
  });
  return elsewhere.slice(-MOST_CAUSES);
}

/**
 * What stands behind a call of the poisoned helper: the loader puts it where the program wants something that this
 * kernel does not have, and the verifier gets there. Null for other rejections.
 */
function absent({ summary }: VerifierLog, call: string | null): string | null {
  if (!summary.includes(`#${poisonCall}`)) return null;
  const what =
    call ?? "this kernel's types have nothing like what this line uses (a CO-RE relocation without a target)";
  return `the program gets to what is not there; ask first whether it exists (${summary}): ${what}`;
}

function explainMissing({ relocation, place }: CoreFixup): string {
  const source = place.line > 0 ? `\n  at ${place.file}:${place.line}: ${place.text.trim()}` : "";
  return `This kernel's types do not have ${place.field} (${relocation.kind}), and the program can come to where it uses it: ask bpf_core_field_exists, or its like, before.${source}`;
}

/** The relocation whose poisoned call the verifier met: "invalid func unknown#195896080" ends its log. */
function reachedMissing(log: string, missing: readonly CoreFixup[]): CoreFixup | null {
  if (!log.includes(`unknown#${poisonCall}`)) return null;
  const calls = [...log.matchAll(/^(\d+): \(85\) call unknown#/gm)];
  const insn = Number(calls.at(-1)?.[1] ?? -1);
  return missing.find(({ relocation }) => relocation.insn === insn) ?? null;
}

/** What the loader made calls that must not be reached. */
interface Poisoned {
  /** Relocations, since the kernel does not have what they are about. */
  readonly missing: readonly CoreFixup[];
  /** Calls of kernel functions: why, by instruction. */
  readonly absentCalls: ReadonlyMap<number, string>;
}

export function verifierError(
  program: ProgramSpec,
  errno: number,
  log: string,
  { missing, absentCalls }: Poisoned = { missing: [], absentCalls: new Map() },
): VerifierError {
  const parsed = parseVerifierLog(log, isDialect(program) ? "dialect" : "c");
  const frame = <F extends Omit<SourceFrame, "column">>(f: F): F & SourceFrame => {
    const line = f.insn >= 0 ? lineAt(program.lines, f.insn) : null;
    return line
      ? { ...f, file: line.file, line: line.line, column: line.column, text: line.text }
      : { ...f, column: 0 };
  };
  return new VerifierError(program, errno, log, {
    summary: parsed,
    at: parsed.at && frame(parsed.at),
    // The log names a source line where it changes, the object's line info for every instruction.
    frames: bySource(parsed.path.map(frame)),
    causes: parsed.causes.map(frame),
    missing: reachedMissing(log, missing),
    absentCall: absentCalls.get(parsed.at?.insn ?? -1) ?? null,
  });
}

/** The compiler names the source in each line's info. */
const isDialect = ({ lines }: ProgramSpec): boolean => lines.some(({ file }) => file.endsWith(".ts"));
