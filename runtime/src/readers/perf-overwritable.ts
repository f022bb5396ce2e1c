import type { CpuBuffer } from "./perf-buffer.js";
import { HEAD, HEADER, type OutputEvent, PERF_RECORD_LOST, PERF_RECORD_SAMPLE } from "./perf-event.js";
import type { TakeRecord } from "./source.js";

/**
 * A buffer that the kernel fills backward, writing over the oldest records: the newest begins at the kernel's
 * position, older ones follow it, and the oldest may be cut. Nothing is told to the kernel of what was read.
 *
 * The program's output is paused for as long as it takes to copy what is there, not for as long as callbacks take.
 */
export class OverwritableBuffer implements CpuBuffer {
  paused = false;
  overwritten = 0;
  readonly #size: number;
  /** What was copied, and where the records in it begin that have not been handed over: the oldest last. */
  readonly #copy: DataView;
  #records: number[] = [];
  /** Bytes of these records. */
  #held = 0;
  /** The kernel's position when it was last looked at; it goes down from 0. */
  #read: number;

  constructor(readonly event: OutputEvent) {
    this.#size = event.data.byteLength;
    this.#copy = new DataView(new ArrayBuffer(this.#size));
    this.#read = this.#head();
  }

  get pending(): number {
    return this.#held + Math.min(this.#read - this.#head(), this.#size);
  }

  drain(take: TakeRecord, most: number, lost: (count: number) => void, closed: () => boolean): number {
    if (this.#records.length === 0) this.#fetch();
    const view = this.#copy;
    let count = 0;
    while (count < most && !closed()) {
      const at = this.#records.pop();
      if (at === undefined) break;
      this.#held -= view.getUint16(at + 6, true);
      const type = view.getUint32(at, true);
      const body = at + HEADER;
      if (type === PERF_RECORD_LOST) lost(Number(view.getBigUint64(body + 8, true)));
      if (type !== PERF_RECORD_SAMPLE) continue;
      count++;
      take(view, body + 4, view.getUint32(body, true));
    }
    return count;
  }

  #head(): number {
    return Number(Atomics.load(this.event.positions, HEAD));
  }

  #fetch(): void {
    if (this.#head() === this.#read) return;
    if (!this.paused) this.event.pause(true);
    let written: number;
    try {
      const head = this.#head();
      written = this.#read - head;
      this.#read = head;
      this.#copyFrom(head & (this.#size - 1), Math.min(written, this.#size));
    } finally {
      if (!this.paused) this.event.pause(false);
    }
    this.#records = wholeRecords(this.#copy, Math.min(written, this.#size));
    this.#held = this.#records.reduce((bytes, at) => bytes + this.#copy.getUint16(at + 6, true), 0);
    this.overwritten += written - this.#held;
  }

  #copyFrom(at: number, length: number): void {
    const { buffer, byteOffset } = this.event.data;
    const target = new Uint8Array(this.#copy.buffer);
    const first = Math.min(length, this.#size - at);
    target.set(new Uint8Array(buffer, byteOffset + at, first));
    target.set(new Uint8Array(buffer, byteOffset, length - first), first);
  }
}

/** Where records begin that end within `length` bytes, one behind the other. */
function wholeRecords(view: DataView, length: number): number[] {
  const found: number[] = [];
  for (let at = 0; at + HEADER <= length; ) {
    const size = view.getUint16(at + 6, true);
    if (size < HEADER || at + size > length) break;
    found.push(at);
    at += size;
  }
  return found;
}
