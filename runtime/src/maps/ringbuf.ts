import type { Codec } from "../codec.js";
import { RingReader } from "../readers/ring-reader.js";
import { UsageError } from "../sys/errors.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";

export interface ReadOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
}

/**
 * BPF_MAP_TYPE_RINGBUF: records that programs send, in their order across CPUs. Iterating waits for more without
 * blocking the event loop, and ends when the map is closed. One reader at a time. Linux 5.8.
 */
export class RingBuf<T> extends BpfMap implements AsyncIterable<T> {
  #reader: RingReader | null = null;

  constructor(
    handle: MapHandle,
    readonly codec: Codec<T>,
  ) {
    super(handle);
  }

  /** Calls back for every record that is there now, in one pass; gives their number. */
  consume(callback: (record: T) => void): number {
    return this.#open().drain((view, at, length) => callback(this.#decode(view, at, length)));
  }

  /**
   * The same without decoding: a view of the ring's own memory, which is valid only during the call. `length` is
   * the record's size in bytes.
   */
  consumeRaw(callback: (view: DataView, at: number, length: number) => void): number {
    return this.#open().drain(callback);
  }

  /** Bytes that wait to be read. */
  get pending(): number {
    return this.#open().pending;
  }

  /**
   * Records as they come, until the map is closed or the signal aborts. Leaving the loop leaves the rest for the
   * next reader: a record is taken from the ring when the loop asks for it.
   */
  async *read({ signal }: ReadOptions = {}): AsyncGenerator<T, void, undefined> {
    const reader = this.#open();
    let taken: { readonly record: T } | null = null;
    const take = (view: DataView, at: number, length: number): void => {
      taken = { record: this.#decode(view, at, length) };
    };
    for (let inTurn = 0; !signal?.aborted && !this.handle.closed; ) {
      taken = null;
      if (reader.drain(take, 1) === 1 && taken !== null) {
        yield (taken as { readonly record: T }).record;
        // Without a wait between them, records would keep timers and sockets from their turn.
        if (++inTurn < RECORDS_PER_TURN) continue;
        inTurn = 0;
        await turn();
      } else if (reader.pending > 0) {
        // A program is writing a record at this moment; other work of the process goes first.
        await turn();
      } else if (!(await reader.wait(signal))) return;
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.read();
  }

  /** @throws UsageError `bad-size`: what follows a short record is another record. */
  #decode(view: DataView, at: number, length: number): T {
    if (length < this.codec.size)
      throw new UsageError(
        "bad-size",
        `${this.handle.label}: a record of ${length} bytes, and its codec reads ${this.codec.size}`,
      );
    return this.codec.read(view, at);
  }

  #open(): RingReader {
    this.#reader ??= new RingReader(this.handle);
    return this.#reader;
  }
}

/** Records in a row before the rest of the process has its turn. */
const RECORDS_PER_TURN = 512;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
