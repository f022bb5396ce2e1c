import { setTimeout as sleep } from "node:timers/promises";
import type { Codec } from "../codec.js";
import type { RecordSource, TakeRecord } from "../readers/source.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";
import { RecordLoop, type Supply, Taken } from "./record-loop.js";

export interface ReadOptions {
  /** Ends the reading, without an error. */
  readonly signal?: AbortSignal;
}

/**
 * Maps that programs send records through. Reading waits for more without blocking the event loop, and ends when the
 * map is closed. One reader at a time.
 */
export abstract class RecordMap<T> extends BpfMap implements AsyncIterable<T> {
  /** Taken from the shared memory already, for whoever reads next. */
  readonly #taken = new Taken<T>();

  constructor(
    handle: MapHandle,
    readonly codec: Codec<T>,
  ) {
    super(handle);
  }

  /** The shared memory, opened when it is first read. */
  protected abstract source(): RecordSource;

  /** Bytes that programs have written and nobody has read. */
  get pending(): number {
    return this.source().pending;
  }

  /** Calls back for every record that is there now, in one pass; gives their number. */
  consume(callback: (record: T) => void): number {
    const count = this.#left(callback);
    return count + this.source().drain((view, at, length) => callback(this.#decode(view, at, length)));
  }

  /** What an earlier reader took and has not looked at. */
  #left(callback: (record: T) => void): number {
    let count = 0;
    for (; this.#taken.length > 0; count++) callback(this.#taken.shift());
    return count;
  }

  /**
   * The same without decoding: a view of the shared memory itself, which is valid only during the call. `length` is
   * the record's size in bytes.
   */
  consumeRaw(callback: TakeRecord): number {
    return this.source().drain(callback);
  }

  /**
   * Wakes the loop or the callback that waits, which then takes what is there: also what was sent without waking it
   * (`BPF_RB_NO_WAKEUP`), or is less than its wake-up asks for.
   */
  flush(): void {
    this.source().wake();
  }

  /**
   * Calls back for every record as it comes, until the map is closed or the signal aborts. What it throws ends it.
   * Timers and sockets have their turn every few milliseconds, however fast records come.
   */
  async listen(callback: (record: T) => void, { signal }: ReadOptions = {}): Promise<void> {
    const take: TakeRecord = (view, at, length) => callback(this.#decode(view, at, length));
    await this.#rounds((source) => this.#left(callback) + this.#slice(source, take, signal), signal);
  }

  /** The same without decoding, as `consumeRaw`. */
  async listenRaw(callback: TakeRecord, { signal }: ReadOptions = {}): Promise<void> {
    await this.#rounds((source) => this.#slice(source, callback, signal), signal);
  }

  /**
   * Records as they come, until the map is closed or the signal aborts. They are taken from the shared memory a few
   * at a time, when the loop asks for more; leaving the loop keeps the rest for the next reader.
   */
  read({ signal }: ReadOptions = {}): AsyncIterableIterator<T, void, undefined> {
    return new RecordLoop(this.#supply(signal));
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T, void, undefined> {
    return this.read();
  }

  /** The same in lists of what is there at once: a promise for each list instead of each record. */
  async *batches({ signal }: ReadOptions = {}): AsyncGenerator<T[], void, undefined> {
    const { taken, ended, take, more } = this.#supply(signal);
    while (!ended()) {
      const failure = taken.length > 0 ? null : take();
      const count = taken.length;
      if (count > 0) yield taken.all();
      if (failure) throw failure.error;
      if (!(await more(count))) return;
    }
  }

  #supply(signal: AbortSignal | undefined): Supply<T> {
    return {
      taken: this.#taken,
      ended: () => signal?.aborted === true || this.handle.closed,
      take: () => this.#take(this.source()),
      more: (count) => this.#more(this.source(), count, signal),
      wake: () => this.source().wake(),
    };
  }

  /** Takes a batch. What a record's decoding throws is told after those before it. */
  #take(source: RecordSource): { readonly error: unknown } | null {
    try {
      source.drain((view, at, length) => this.#taken.push(this.#decode(view, at, length)), BATCH);
      return null;
    } catch (error) {
      return { error };
    }
  }

  /** What is there, for as long as the event loop may be kept from other work. */
  #slice(source: RecordSource, take: TakeRecord, signal: AbortSignal | undefined): number {
    const end = performance.now() + SLICE_MS;
    for (let count = 0; ; ) {
      const taken = source.drain(take, SLICE);
      count += taken;
      if (taken < SLICE || signal?.aborted || this.handle.closed || performance.now() >= end) return count;
    }
  }

  async #rounds(round: (source: RecordSource) => number, signal: AbortSignal | undefined): Promise<void> {
    const source = this.source();
    while (!signal?.aborted && !this.handle.closed)
      if (!(await this.#more(source, round(source), signal))) return;
  }

  /** After a batch of `count`: waits for the next, and lets timers and sockets have their turn in any case. */
  async #more(source: RecordSource, count: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (this.handle.closed || signal?.aborted) return false;
    if (source.pending === 0) return source.wait(signal);
    // Something is there and nothing was taken: a program writes it, and may be put to sleep in the middle.
    await (count > 0 ? turn() : sleep(1));
    return true;
  }

  /** A program may send less than a whole record: what it left out is zero. What follows is another record. */
  #decode(view: DataView, at: number, length: number): T {
    const { size } = this.codec;
    if (length >= size) return this.codec.read(view, at, length);
    const whole = new Uint8Array(size);
    whole.set(new Uint8Array(view.buffer, view.byteOffset + at, length));
    return this.codec.read(new DataView(whole.buffer), 0, size);
  }
}

/** Records that are taken in one go. */
const BATCH = 256;
/** Of a callback's, between two looks at the clock, which take 40 ns each. */
const SLICE = 64;
const SLICE_MS = 5;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
