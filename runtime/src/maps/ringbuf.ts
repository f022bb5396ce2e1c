import { RingReader } from "../readers/ring-reader.js";
import type { RecordSource } from "../readers/source.js";
import { RecordMap } from "./records.js";

/**
 * BPF_MAP_TYPE_RINGBUF: records that programs send, in their order across CPUs. The kernel does not count those that
 * find no room: the program is told (`reserve` gives null, `output` an error) and counts them in a global. Linux 5.8.
 */
export class RingBuf<T> extends RecordMap<T> {
  #reader: RingReader | null = null;

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

  protected source(): RecordSource {
    return this.#opened();
  }

  #opened(): RingReader {
    this.#reader ??= new RingReader(this.handle);
    return this.#reader;
  }
}
