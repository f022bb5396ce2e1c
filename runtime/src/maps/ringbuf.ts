import type { Codec } from "../codec.js";
import { RingReader } from "../readers/ring-reader.js";
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
    return this.#open().drain((view, at) => callback(this.codec.read(view, at)));
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

  async *read({ signal }: ReadOptions = {}): AsyncGenerator<T, void, undefined> {
    const reader = this.#open();
    const batch: T[] = [];
    for (;;) {
      // Decoded at once, so that the ring is free again however slowly the loop's body goes on.
      reader.drain((view, at) => batch.push(this.codec.read(view, at)), BATCH);
      const read = batch.length;
      yield* batch.splice(0);
      if (read > 0) continue;
      // A program is writing a record at this moment; other work of the process goes first.
      if (reader.pending > 0) await new Promise((resolve) => setImmediate(resolve));
      else if (!(await reader.wait(signal))) return;
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return this.read();
  }

  #open(): RingReader {
    this.#reader ??= new RingReader(this.handle);
    return this.#reader;
  }
}

/** Records decoded before the loop's body sees the first: bounds memory under a flood. */
const BATCH = 1024;
