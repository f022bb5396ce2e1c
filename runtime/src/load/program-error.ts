import {
  type CoreFixup,
  lineAt,
  type ProgramSpec,
  parseVerifierLog,
  poisonCall,
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

/** The verifier rejected a program. `message` is its reason with the place in the source; `log` is all it said. */
export class VerifierError extends SyscallError {
  override readonly name = "VerifierError";

  constructor(
    readonly program: ProgramSpec,
    errno: number,
    readonly log: string,
    readonly summary: VerifierLog,
    /** Where it stopped; null if the log does not say. */
    readonly at: SourceFrame | null,
    /** The path there, one frame for each change of source line. */
    readonly frames: readonly SourceFrame[],
    /** What the program came to that this kernel's types do not have; null if that is not the reason. */
    readonly missing: CoreFixup | null = null,
  ) {
    super(
      "bpf(BPF_PROG_LOAD)",
      errno,
      `program '${program.name}'`,
      missing ? explainMissing(missing) : explain(program, errno, summary, at),
    );
    // There for those who ask; an uncaught error would print all of it.
    for (const name of ["program", "log", "summary", "frames", "missing"])
      Object.defineProperty(this, name, { enumerable: false });
  }
}

function explain(program: ProgramSpec, number: number, summary: VerifierLog, at: SourceFrame | null): string {
  const old = programTooOld(number, program);
  const reason =
    absent(program, summary, at) ??
    (summary.explanation ? `${summary.explanation.title}. ${summary.explanation.reason}` : summary.summary);
  const place = at
    ? `\n  at ${at.file}:${at.line}${at.column > 0 ? `:${at.column}` : ""}: ${at.text.trim()}`
    : "";
  if (reason.trim() === "")
    return (
      old ||
      "The kernel gives no reason: it may not allow this program type here, or wants more capabilities."
    );
  const advice = summary.advice === "" ? "" : `\n  ${summary.advice}`;
  return `${old} The verifier rejects it: ${reason}${place}${advice}`.trim();
}

/**
 * What stands behind a call of the poisoned helper: the loader puts it where the program wants something that this
 * kernel does not have, and the verifier gets there. Null for other rejections.
 */
function absent(program: ProgramSpec, { summary }: VerifierLog, at: SourceFrame | null): string | null {
  if (!summary.includes(`#${poisonCall}`)) return null;
  const kfunc = program.references.find((r) => r.kind === "kfunc" && r.insn === at?.insn);
  const what =
    kfunc?.kind === "kfunc"
      ? `this kernel has no function '${kfunc.name}'`
      : "this kernel's types have nothing like what this line uses (a CO-RE relocation without a target)";
  return `${what}, and the program gets there; ask first whether it exists (${summary})`;
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

/** @param missing relocations that were poisoned, since the kernel does not have what they are about */
export function verifierError(
  program: ProgramSpec,
  errno: number,
  log: string,
  missing: readonly CoreFixup[] = [],
): VerifierError {
  const parsed = parseVerifierLog(log);
  const frame = (f: { insn: number; file: string; line: number; text: string }): SourceFrame => {
    const line = f.insn >= 0 ? lineAt(program.lines, f.insn) : null;
    return line
      ? { insn: f.insn, file: line.file, line: line.line, column: line.column, text: line.text }
      : { insn: f.insn, file: f.file, line: f.line, column: 0, text: f.text };
  };
  return new VerifierError(
    program,
    errno,
    log,
    parsed,
    parsed.at && frame(parsed.at),
    parsed.frames.map(frame),
    reachedMissing(log, missing),
  );
}
