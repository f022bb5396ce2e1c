/** Takes one record: a view of memory that is the kernel's, valid during the call; where it begins, and its bytes. */
export type TakeRecord = (view: DataView, at: number, length: number) => void;

/** Records in memory that is shared with the kernel. */
export interface RecordSource {
  /**
   * Hands over finished records in order, at most `most` of them and no more than fill the buffer once; gives their
   * number. Room is given back to the kernel once for a batch.
   */
  drain(take: TakeRecord, most?: number): number;
  /** Bytes that the kernel has written and nobody has read. */
  readonly pending: number;
  /** Waits until there is something to read. False if the source was closed, or the signal came. */
  wait(signal?: AbortSignal): Promise<boolean>;
  /** Whoever waits looks again at what is there. */
  wake(): void;
}
