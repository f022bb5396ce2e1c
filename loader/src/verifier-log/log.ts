import type { VerifierCategory } from "./category.js";

/** What the kernel's verifier said of a program, taken apart. */
export interface VerifierLog {
  /**
   * Why the program was rejected, in the verifier's own words and one line, which hardly change between releases:
   * `R0 invalid mem access 'map_value_or_null'`. Empty if the log does not say (or the program passed).
   */
  readonly summary: string;
  /** What kind of rule was broken: the kernel's word (Linux 7.3), or the same by the words of `summary`; else null. */
  readonly category: VerifierCategory | null;
  /** Set by kernels that explain themselves (Linux 7.3, and not for every rejection). */
  readonly explanation: Explanation | null;
  /** What to do about it: what is known of the verifier's words, else the kernel's own suggestion; empty if neither. */
  readonly advice: string;
  /** Where the verifier was when it stopped: instruction and source line; null without one. */
  readonly at: VerifierFrame | null;
  /** The instructions that led there, without those of ways that the verifier had left again. */
  readonly path: readonly VerifierFrame[];
  /** The same, one frame for each change of source line (or of instruction, without lines). */
  readonly frames: readonly VerifierFrame[];
  /**
   * What made it so, in order: where a resource was acquired, a pointer became invalid, a lock was taken, a branch was
   * followed. Linux 7.3 tells all of these; of logs before it, only where what was not released was acquired, and which
   * call ended a pointer that is followed after it.
   */
  readonly causes: readonly VerifierEvent[];
  readonly statistics: VerifierStatistics | null;
  /** Bytes of stack of the program and each of its subprograms, as `stack depth 16+8` says; else empty. */
  readonly stackDepths: readonly number[];
  /** Microseconds of verification; null unless BPF_LOG_STATS was asked for. */
  readonly microseconds: number | null;
}

/** One place on the verifier's path. */
export interface VerifierFrame {
  /** Instruction index; -1 where only the source is known. */
  readonly insn: number;
  /**
   * The last part of the path in the object's line info; empty before Linux 6.9, which prints the text alone.
   * `lineAt(program.lines, insn)` has the whole path.
   */
  readonly file: string;
  /** From 1; 0 where unknown. */
  readonly line: number;
  /** Text of the source line; empty without line info. */
  readonly text: string;
}

/** Something that happened at a place. */
export interface VerifierEvent extends VerifierFrame {
  /**
   * The kernel's word for it, of which Linux 7.3 has `error`, `update`, `spilled`, `invalidated`, `branch`, `acquired`,
   * `released` and `context`.
   */
  readonly label: string;
  /** `R0 changed from uninitialized value to nullable map value from table at offset 0`. */
  readonly note: string;
}

export interface VerifierStatistics {
  /** Instructions processed, over all paths. */
  readonly insns: number;
  readonly limit: number;
  readonly maxStatesPerInsn: number;
  readonly totalStates: number;
  readonly peakStates: number;
}

/** The report of Linux 7.3 and later (kernel/bpf/diagnostics.c). */
export interface Explanation {
  /** What kind of rule, as the kernel calls it: `Register Type Safety`. */
  readonly category: string;
  /** `Invalid dereference`; empty if the kernel names the category alone. */
  readonly problem: string;
  /** What is wrong, in a sentence or two. */
  readonly reason: string;
  /** What the kernel would have one do, in terms of C and instructions. */
  readonly suggestion: string;
  /** Where, and what is wrong there; null if the report is cut off before it. */
  readonly at: VerifierEvent | null;
  /** What led there: the kernel's parts `Active lock` and `Causal path`. */
  readonly causes: readonly VerifierEvent[];
}
