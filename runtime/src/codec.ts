/**
 * How one type of the probe is laid out in memory. Skeletons carry one for every struct, key and value that
 * crosses between the kernel and Node.
 */
export interface Codec<T> {
  /** Bytes, padding included. */
  readonly size: number;
  /**
   * Decodes the value that starts at byte `at`. The result shares no memory with `view`. `length` is the bytes that
   * are there, for a type that ends in a flexible array; `size` if absent.
   */
  read(view: DataView, at: number, length?: number): T;
  /** Encodes `value` from byte `at` on, every byte of it: padding is zeroed. */
  write(view: DataView, at: number, value: T): void;
}
