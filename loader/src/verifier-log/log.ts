/** What the kernel's verifier said of a program, taken apart. */
export interface VerifierLog {
  /** Why the program was rejected, in one line; empty if the log does not say (or the program passed). */
  readonly summary: string;
  /** Set by kernels that explain themselves (Linux 7.3): what is wrong in a sentence or two. */
  readonly explanation: Explanation | null;
  /** What to do about it: the kernel's own suggestion, else what is known of its words; empty if nothing is. */
  readonly advice: string;
  /** Where the verifier was when it stopped: instruction and source line; null without one. */
  readonly at: VerifierFrame | null;
  /** The path that it followed, one frame for each change of source line (or of instruction, without lines). */
  readonly frames: readonly VerifierFrame[];
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

export interface VerifierStatistics {
  /** Instructions processed, over all paths. */
  readonly insns: number;
  readonly limit: number;
  readonly maxStatesPerInsn: number;
  readonly totalStates: number;
  readonly peakStates: number;
}

/** The parts of a report of Linux 7.3 and later. */
export interface Explanation {
  /** `Register Type Safety: Unreadable register`. */
  readonly title: string;
  readonly reason: string;
  readonly suggestion: string;
  /** The part `Causal path`, line by line. */
  readonly causes: readonly string[];
}
