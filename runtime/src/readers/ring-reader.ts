import type { MapHandle } from "../maps/handle.js";
import { SyscallError, UsageError } from "../sys/errors.js";
import { kernel, type Mapping } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";
import type { RecordSource, TakeRecord } from "./source.js";
import { Wait } from "./wait.js";

/** Layout of include/uapi/linux/bpf.h and kernel/bpf/ringbuf.c. */
const HEADER = 8;
const BUSY = 0x8000_0000;
const DISCARD = 0x4000_0000;
const LENGTH = 0x3fff_ffff;
/** Linux 6.19: new records take the place of the oldest, whether somebody reads them or not. */
const BPF_F_RB_OVERWRITE = 1 << 19;

/**
 * A record's bytes are read after its header says that they are complete. Of one thread's loads x86-64 keeps the
 * order, and V8 that of the program; `Atomics.load`, which other machines need, is a call of 4 ns there.
 */
const headerAt: (headers: Int32Array, index: number) => number =
  process.arch === "x64" ? (headers, index) => headers[index] as number : Atomics.load;

/**
 * Reads a ring buffer through memory that it shares with the kernel: the consumer's position on one page, the
 * producer's on the next, then the data, mapped twice in a row so that no record is cut in two.
 *
 * Positions grow for ever and are read as 64 bits through Atomics, which are sequentially consistent. The consumer's
 * is stored once for a batch of records, then the producer's is read again: a producer that saw the old consumer
 * position may have left out its wake-up (kernel: `bpf_ringbuf_commit`), and is seen here.
 */
export class RingReader implements RecordSource {
  readonly #handle: MapHandle;
  readonly #consumer: BigUint64Array;
  readonly #producer: BigUint64Array;
  readonly #headers: Int32Array;
  readonly #data: DataView;
  readonly #size: number;
  readonly #mappings: Mapping[] = [];
  readonly #wait: Wait;
  #position: number;
  #committed: number;
  #closed = false;
  #draining = false;

  /** @throws UsageError `unsupported` for a ring whose records are written over; SyscallError */
  constructor(handle: MapHandle) {
    if (handle.facts.flags & BPF_F_RB_OVERWRITE)
      throw new UsageError(
        "unsupported",
        `${handle.label} was made with BPF_F_RB_OVERWRITE: records may be written over while they are read. A perf event array with open({ overwritable: true }) is paused while it is read`,
      );
    this.#handle = handle;
    this.#wait = new Wait(handle.label);
    const page = pageSize();
    this.#size = handle.facts.maxEntries;
    const consumer = this.#map(page, true, 0);
    const rest = this.#map(page + 2 * this.#size, false, page);
    this.#consumer = new BigUint64Array(consumer.buffer, 0, 1);
    this.#producer = new BigUint64Array(rest.buffer, 0, 1);
    this.#headers = new Int32Array(rest.buffer, page);
    this.#data = new DataView(rest.buffer, page);
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
      if (this.#closed) this.#unmap();
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
    if (!this.#draining) this.#unmap();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new UsageError("closed", `${this.#handle.label} is closed`);
  }

  #unmap(): void {
    for (const mapping of this.#mappings.splice(0)) mapping.unmap();
  }

  #produced(): number {
    return Number(Atomics.load(this.#producer, 0));
  }

  #commit(): void {
    if (this.#position === this.#committed) return;
    Atomics.store(this.#consumer, 0, BigInt(this.#position));
    this.#committed = this.#position;
  }

  #map(length: number, writable: boolean, offset: number): Mapping {
    const mapping = kernel().mmap(this.#handle.fd, length, writable, offset);
    if (typeof mapping === "number") {
      this.#unmap();
      throw new SyscallError("mmap", -mapping, this.#handle.label);
    }
    this.#mappings.push(mapping);
    return mapping;
  }
}
