/** What a worker is told, as its first argument. */
export interface WorkerInput {
  /** The repository. */
  readonly root: string;
  readonly seed: number;
  /** Cases: from the first to before the last. */
  readonly from: number;
  readonly to: number;
}

export interface Finding {
  readonly index: number;
  /** What was mutated, and how. */
  readonly how: string;
  readonly what: string;
}

/** What a worker says, a line of JSON each. */
export type Progress =
  /** Before a case: if the process ends in it, its number is known. */
  { readonly at: number } | { readonly finding: Finding } | { readonly outcome: string };
