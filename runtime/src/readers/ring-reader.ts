import type { MapHandle } from "../maps/handle.js";
import { UsageError } from "../sys/errors.js";
import {
  BUSY,
  DISCARD,
  HEADER,
  headerAt,
  LENGTH,
  mapRing,
  type RingMemory,
  type RingSource,
} from "./ring-memory.js";
import type { TakeRecord } from "./source.js";
import { Wait } from "./wait.js";

/**
 * Reads a ring buffer through memory that it shares with the kernel: the consumer's position on one page, the
 * producer's on the next, then the data, mapped twice in a row so that no record is cut in two.
 *
 * Positions grow for ever and are read as 64 bits through Atomics, which are sequentially consistent. The consumer's
 * is stored once for a batch of records, then the producer's is read again: a producer that saw the old consumer
 * position may have left out its wake-up (kernel: `bpf_ringbuf_commit`), and is seen here.
 */
export class RingReader implements RingSource {
  readonly #handle: MapHandle;
  readonly #consumer: BigUint64Array;
  readonly #producer: BigUint64Array;
  readonly #headers: Int32Array;
  readonly #data: DataView;
  readonly #size: number;
  readonly #memory: RingMemory;
  readonly #wait: Wait;
  #position: number;
  #committed: number;
  #closed = false;
  #draining = false;

  /** @throws SyscallError */
  constructor(handle: MapHandle) {
    this.#handle = handle;
    this.#wait = new Wait(handle.label);
    this.#memory = mapRing(handle);
    const { size, consumer, producer, headers, data } = this.#memory;
    this.#size = size;
    this.#consumer = consumer;
    this.#producer = producer;
    this.#headers = headers;
    this.#data = data;
    // A position passes 2^53 after nine petabytes.
    this.#position = Number(Atomics.load(this.#consumer, 0));
    this.#committed = this.#position;
    handle.onClose(() => this.close());
  }

  /** Bytes between the consumer and the producer, headers and busy records included. */
  get pending(): number {
    return this.#closed ? 0 : this.#produced() - this.#position;
  }

  /** Bytes since the ring was made, headers counted: what programs have reserved, and what was given back to them. */
  get positions(): { readonly producer: number; readonly consumer: number } {
    this.#mustBeOpen();
    return { producer: this.#produced(), consumer: this.#committed };
  }

  /** A record that is still being written stops the pass: those behind it come after it. */
  drain(take: TakeRecord, most = Number.POSITIVE_INFINITY): number {
    this.#mustBeOpen();
    // A program that writes as fast as this reads would never let it go.
    const end = this.#position + this.#size;
    const mask = this.#size - 1;
    const headers = this.#headers;
    let count = 0;
    this.#draining = true;
    try {
      for (
        let produced = this.#produced();
        this.#position < produced && count < most && this.#position < end;
        produced = this.#produced()
      ) {
        while (this.#position < produced && count < most) {
          const at = this.#position & mask;
          const header = headerAt(headers, at >>> 2) >>> 0;
          if (header & BUSY) return count;
          const length = header & LENGTH;
          // Moved on first: a callback that throws has had its record.
          this.#position += (HEADER + length + 7) & ~7;
          if (header & DISCARD) continue;
          count++;
          take(this.#data, at + HEADER, length);
          if (this.#closed) return count;
        }
        this.#commit();
      }
    } finally {
      this.#draining = false;
      this.#commit();
      if (this.#closed) this.#memory.unmap();
    }
    return count;
  }

  /** @throws UsageError `busy` if another loop waits already */
  async wait(signal?: AbortSignal): Promise<boolean> {
    if (this.#closed) return false;
    const ready = await this.#wait.for(this.#handle.fd, () => this.pending > 0, signal);
    return ready && !this.#closed;
  }

  wake(): void {
    this.#wait.end(true);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wait.close();
    // A callback of `drain` may close the map: its memory goes when the callback is done with it.
    if (!this.#draining) this.#memory.unmap();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new UsageError("closed", `${this.#handle.label} is closed`);
  }

  #produced(): number {
    return Number(Atomics.load(this.#producer, 0));
  }

  #commit(): void {
    if (this.#position === this.#committed) return;
    Atomics.store(this.#consumer, 0, BigInt(this.#position));
    this.#committed = this.#position;
  }
}
