import { mapFlagBits } from "../features/map-flag-bits.js";
import { OverwritingRingReader } from "../readers/overwriting-ring-reader.js";
import { RingReader } from "../readers/ring-reader.js";
import type { RecordSource } from "../readers/source.js";
import { RecordMap } from "./records.js";

/**
 * BPF_MAP_TYPE_RINGBUF: records that programs send, in their order across CPUs. The kernel does not count those that
 * find no room: the program is told (`reserve` gives null, `output` an error) and counts them in a global. Linux 5.8.
 *
 * One that is made with BPF_F_RB_OVERWRITE (Linux 6.19) has room for all, at the cost of the oldest ({@link overwritten}).
 */
export class RingBuf<T> extends RecordMap<T> {
  #reader: RingReader | OverwritingRingReader | null = null;

  /** Bytes of data that it has room for. */
  get size(): number {
    return this.maxEntries;
  }

  /**
   * Bytes that programs have reserved since the ring was made, a header of 8 bytes counted for each record; which they
   * read as `BPF_RB_PROD_POS`. How full the ring is is {@link pending} of {@link size}.
   */
  get producerPosition(): number {
    return this.#opened().positions.producer;
  }

  /** How many of these bytes were read, and given back (`BPF_RB_CONS_POS`): once for a batch of records. */
  get consumerPosition(): number {
    return this.#opened().positions.consumer;
  }

  /** Bytes of records, headers counted, that were written over before this process read them; it learns of them by reading. */
  get overwritten(): number {
    const reader = this.#opened();
    return reader instanceof OverwritingRingReader ? reader.overwritten : 0;
  }

  protected source(): RecordSource {
    return this.#opened();
  }

  #opened(): RingReader | OverwritingRingReader {
    const isOverwriting = (this.handle.facts.flags & mapFlagBits.BPF_F_RB_OVERWRITE) !== 0;
    this.#reader ??= isOverwriting ? new OverwritingRingReader(this.handle) : new RingReader(this.handle);
    return this.#reader;
  }
}
