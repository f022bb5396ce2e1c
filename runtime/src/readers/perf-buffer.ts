import { HEAD, HEADER, type OutputEvent, PERF_RECORD_LOST, PERF_RECORD_SAMPLE, TAIL } from "./perf-event.js";
import type { TakeRecord } from "./source.js";

/** One CPU's part of a perf event array. */
export interface CpuBuffer {
  readonly event: OutputEvent;
  /** Bytes that can be read. */
  readonly pending: number;
  /** Bytes of records that were written over before they were read. */
  readonly overwritten: number;
  /** Reading goes on although the program's output is paused for good. */
  paused: boolean;
  /**
   * Hands over records, the oldest first.
   *
   * @param lost is told of records that found no room, when the kernel says so: with the next that did
   * @param closed whether a callback has closed the map: nothing more is read
   * @returns number of records handed over
   */
  drain(take: TakeRecord, most: number, lost: (count: number) => void, closed: () => boolean): number;
}

/** A buffer whose records stay until they are read. One may go over the data's end; then it is put together aside. */
export class PerfBuffer implements CpuBuffer {
  readonly overwritten = 0;
  paused = false;
  readonly #size: number;
  readonly #aside = new DataView(new ArrayBuffer(0x1_0000));
  #tail: number;

  constructor(readonly event: OutputEvent) {
    this.#size = event.data.byteLength;
    this.#tail = Number(Atomics.load(event.positions, TAIL));
  }

  get pending(): number {
    return this.#head() - this.#tail;
  }

  drain(take: TakeRecord, most: number, lost: (count: number) => void, closed: () => boolean): number {
    const { data, positions } = this.event;
    let count = 0;
    const start = this.#tail;
    const head = this.#head();
    try {
      while (this.#tail < head && count < most) {
        const at = this.#tail & (this.#size - 1);
        // A header is whole: records begin at multiples of 8.
        const type = data.getUint32(at, true);
        const size = data.getUint16(at + 6, true);
        if (size < HEADER) break;
        const [view, body] = this.#record(at, size);
        // Moved on first: a callback that throws has had its record.
        this.#tail += size;
        if (type === PERF_RECORD_LOST) lost(Number(view.getBigUint64(body + 8, true)));
        if (type !== PERF_RECORD_SAMPLE) continue;
        count++;
        take(view, body + 4, view.getUint32(body, true));
        if (closed()) break;
      }
    } finally {
      if (this.#tail !== start) Atomics.store(positions, TAIL, BigInt(this.#tail));
    }
    return count;
  }

  #head(): number {
    return Number(Atomics.load(this.event.positions, HEAD));
  }

  /** What stands behind the header, in one piece. */
  #record(at: number, size: number): readonly [DataView, number] {
    const { data } = this.event;
    if (at + size <= this.#size) return [data, at + HEADER];
    const first = this.#size - at;
    const { buffer, byteOffset } = data;
    const aside = new Uint8Array(this.#aside.buffer);
    aside.set(new Uint8Array(buffer, byteOffset + at, first));
    aside.set(new Uint8Array(buffer, byteOffset, size - first), first);
    return [this.#aside, HEADER];
  }
}
