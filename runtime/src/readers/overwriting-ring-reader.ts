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

const OLDEST = 2;

/**
 * Reads a ring buffer in which new records take the place of the oldest, read or not (BPF_F_RB_OVERWRITE, Linux 6.19).
 *
 * The kernel moves the position of the oldest record on before it writes over it (kernel: `__bpf_ringbuf_reserve`). So a
 * record is copied first, and is whole if the oldest has not gone past it meanwhile.
 */
export class OverwritingRingReader implements RingSource {
  readonly #handle: MapHandle;
  readonly #memory: RingMemory;
  readonly #wait: Wait;
  readonly #copy: Uint8Array;
  readonly #view: DataView;
  readonly #fence = new Int32Array(new SharedArrayBuffer(4));
  #position: number;
  #overwritten = 0;
  #closed = false;

  /** @throws SyscallError */
  constructor(handle: MapHandle) {
    this.#handle = handle;
    this.#wait = new Wait(handle.label);
    this.#memory = mapRing(handle);
    const copy = new ArrayBuffer(this.#memory.size);
    this.#copy = new Uint8Array(copy);
    this.#view = new DataView(copy);
    this.#position = Number(Atomics.load(this.#memory.consumer, 0));
    handle.onClose(() => this.close());
  }

  get pending(): number {
    return this.#closed ? 0 : this.#produced() - Math.max(this.#position, this.#oldest());
  }

  get positions(): { readonly producer: number; readonly consumer: number } {
    this.#mustBeOpen();
    return { producer: this.#produced(), consumer: this.#position };
  }

  /** Bytes of records, headers counted, that were written over before they were read. */
  get overwritten(): number {
    return this.#overwritten;
  }

  /** A record that is still being written stops the pass: those behind it come after it. */
  drain(take: TakeRecord, most = Number.POSITIVE_INFINITY): number {
    this.#mustBeOpen();
    const { size, data, consumer } = this.#memory;
    // A program that writes as fast as this reads would never let it go.
    const end = this.#produced() + size;
    let count = 0;
    try {
      while (count < most && this.#position < Math.min(this.#produced(), end)) {
        const at = this.#position & (size - 1);
        const header = headerAt(this.#memory.headers, at >>> 2) >>> 0;
        if (this.#isGone()) continue;
        if (header & BUSY) break;
        const length = header & LENGTH;
        this.#copy.set(new Uint8Array(data.buffer, data.byteOffset + at + HEADER, length));
        if (this.#isGone()) continue;
        // Moved on first: a callback that throws has had its record.
        this.#position += (HEADER + length + 7) & ~7;
        if (header & DISCARD) continue;
        count++;
        take(this.#view, 0, length);
        if (this.#closed) break;
      }
    } finally {
      if (!this.#closed) Atomics.store(consumer, 0, BigInt(this.#position));
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
    // Callbacks see a copy: the ring's own memory may go during one.
    this.#memory.unmap();
  }

  /** Whether what has just been read may have been written over: then the oldest record is the next. */
  #isGone(): boolean {
    // What was read before is not read after the position, on machines that would.
    Atomics.exchange(this.#fence, 0, 0);
    const oldest = this.#oldest();
    if (oldest <= this.#position) return false;
    this.#overwritten += oldest - this.#position;
    this.#position = oldest;
    return true;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new UsageError("closed", `${this.#handle.label} is closed`);
  }

  #produced(): number {
    return Number(Atomics.load(this.#memory.producer, 0));
  }

  #oldest(): number {
    return Number(Atomics.load(this.#memory.producer, OLDEST));
  }
}
