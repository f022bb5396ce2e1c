/** `BPF_RINGBUF_BUSY_BIT`, `BPF_RINGBUF_DISCARD_BIT`, `BPF_RINGBUF_HDR_SZ` (include/uapi/linux/bpf.h). */
const DISCARD = 0x4000_0000;
const LENGTH = 0x3fff_ffff;
const HEADER = 8;
/** Space goes back to the kernel at the latest after this many records, or this part of the ring. */
const RECORDS_PER_COMMIT = 64;
const COMMITS_PER_RING = 8;

/**
 * The consumer's side of a ring buffer on its mapped pages: no system call for each record. Positions only grow;
 * what stands at a position is at its rest by the ring's size (Documentation/bpf/ringbuf.rst).
 */
export class RingCursor {
  /** The ring's bytes, mapped twice in a row, so that a record never wraps. */
  readonly data: DataView;
  /** Where the record that {@link next} found starts in `data`, and its bytes. */
  start = 0;
  length = 0;
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  readonly #words: Int32Array;
  readonly #size: number;
  /** A double holds positions exactly up to 2^53 bytes: years of events. */
  #at: number;
  #end: number;
  #committed: number;
  #uncommitted = 0;

  /**
   * @param consumer the consumer's page: its position is the first 8 bytes
   * @param producer the producer's page, followed by the data twice
   * @param size bytes of the ring, a power of two
   */
  constructor(consumer: ArrayBuffer, producer: ArrayBuffer, page: number, size: number) {
    this.#consumer = new BigInt64Array(consumer, 0, 1);
    this.#producer = new BigInt64Array(producer, 0, 1);
    this.#words = new Int32Array(producer, page, size / 4);
    this.data = new DataView(producer, page, 2 * size);
    this.#size = size;
    this.#at = Number(Atomics.load(this.#consumer, 0));
    this.#end = this.#at;
    this.#committed = this.#at;
  }

  /**
   * Steps to the next record; false if there is none that is complete, and then all space behind is given back.
   * The record stays in place until the step or commit after it.
   */
  next(): boolean {
    if (this.#uncommitted >= RECORDS_PER_COMMIT || this.#at - this.#committed > this.#size / COMMITS_PER_RING)
      this.commit();
    for (;;) {
      if (this.#at >= this.#end && !this.#more()) return false;
      const place = this.#at % this.#size;
      // The header's first word is written last, with release (kernel: bpf_ringbuf_commit).
      const header = Atomics.load(this.#words, place >> 2);
      // Busy is the sign bit. Records behind a busy one wait for it: order is kept.
      if (header < 0) {
        this.commit();
        return false;
      }
      const length = header & LENGTH;
      this.#at += (length + HEADER + 7) & ~7;
      this.#uncommitted++;
      if ((header & DISCARD) !== 0) continue;
      this.start = place + HEADER;
      this.length = length;
      return true;
    }
  }

  /** Gives the space of all records stepped over back to the kernel. */
  commit(): void {
    if (this.#at === this.#committed) return;
    // Sequentially consistent, so a full barrier: the kernel skips the wake-up of a consumer that it sees behind, and
    // must see this store before we look whether there is more (else both sides wait for each other).
    Atomics.store(this.#consumer, 0, BigInt(this.#at));
    this.#committed = this.#at;
    this.#uncommitted = 0;
  }

  /** Bytes in the ring that are not given back, headers and records in the making included. */
  get used(): number {
    return Number(Atomics.load(this.#producer, 0)) - this.#committed;
  }

  #more(): boolean {
    this.#end = Number(Atomics.load(this.#producer, 0));
    if (this.#at < this.#end) return true;
    this.commit();
    this.#end = Number(Atomics.load(this.#producer, 0));
    return this.#at < this.#end;
  }
}
