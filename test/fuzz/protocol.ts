export interface WorkerInput {
  /** Folder of sound objects. */
  readonly folder: string;
  readonly seed: number;
  /** Cases: from the first to before the last. */
  readonly from: number;
  readonly to: number;
  /** Shared: the case that runs, and a count that moves with each. */
  readonly clock: Int32Array;
}

export interface Finding {
  readonly index: number;
  /** The sound object. */
  readonly object: string;
  readonly how: readonly string[];
  readonly what: string;
}

export type Progress =
  | { readonly finding: Finding }
  /** Cases by outcome, at the end. */
  | { readonly tally: readonly (readonly [string, number])[] };
