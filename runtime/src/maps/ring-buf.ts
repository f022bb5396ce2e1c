import type { Codec } from "../codec.js";
import { type RawRecord, type ReadOptions, RingReader } from "../readers/ring-reader.js";
import { UsageError } from "../sys/errors.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";

/**
 * `BPF_MAP_TYPE_RINGBUF`: what programs submit, in order. `for await (const event of ring)` waits without blocking
 * the event loop; one reader at a time. Linux 5.8.
 */
export class RingBuf<T> extends BpfMap implements AsyncIterable<T> {
  readonly #record: Codec<T>;
  #reader: RingReader | null = null;

  constructor(handle: MapHandle, codecs: { readonly record: Codec<T> }) {
    super(handle);
    this.#record = codecs.record;
  }

  /** Bytes that wait in the ring, headers included. */
  get used(): number {
    return this.#open().used;
  }

  /**
   * Hands over what is in the ring now, and returns how many records that was. Does not wait.
   *
   * @throws UsageError `bad-size` for a record shorter than its type
   */
  consume(callback: (record: T) => void): number {
    return this.#open().consume((raw) => callback(this.#decode(raw)));
  }

  /** The same as bytes of the ring itself, not a copy: they are the kernel's again when the callback returns. */
  consumeRaw(callback: (bytes: Uint8Array) => void): number {
    return this.#open().consume((raw) => callback(bytesOf(raw)));
  }

  /** Records as they come, until the map is closed or the signal aborts. A `break` leaves the rest in the ring. */
  async *records(options: ReadOptions = {}): AsyncGenerator<T, void, void> {
    for await (const raw of this.#open().records(options)) yield this.#decode(raw);
  }

  /** Records as bytes of the ring itself: valid until the next one is asked for. */
  async *rawRecords(options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    for await (const raw of this.#open().records(options)) yield bytesOf(raw);
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    return this.records();
  }

  #open(): RingReader {
    this.#reader ??= new RingReader(this.handle);
    return this.#reader;
  }

  #decode({ view, start, length }: RawRecord): T {
    if (length < this.#record.size)
      throw new UsageError("bad-size", `${this.handle.label}: a record of ${length} bytes, where its type has ${this.#record.size}. Generate the skeleton again from this object.`);
    return this.#record.read(view, start);
  }
}

const bytesOf = ({ view, start, length }: RawRecord): Uint8Array => new Uint8Array(view.buffer, view.byteOffset + start, length);
