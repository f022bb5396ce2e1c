import { Struct } from "../sys/attr.js";
import { SyscallError } from "../sys/errors.js";
import { kernel, type Mapping } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";
import type { TakeRecord } from "./source.js";

/** When a CPU's buffer wakes its reader: after so many records, or so many bytes of them. */
export type Wakeup = { readonly events: number } | { readonly bytes: number };

/** Layout of include/uapi/linux/perf_event.h. */
const PERF_TYPE_SOFTWARE = 1;
const PERF_COUNT_SW_BPF_OUTPUT = 10;
const PERF_SAMPLE_RAW = 1 << 10;
const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_EVENT_IOC_ENABLE = 0x2400;
/** Bit-fields of `perf_event_attr`, in the 64 bits at byte 40. */
const FLAGS = 40;
const WATERMARK = 1 << 14;
/** `data_head` and `data_tail` of `struct perf_event_mmap_page`, in 64-bit words. */
const HEAD = 1024 / 8;
const TAIL = 1032 / 8;
/** `struct perf_event_header`: type, 32 bits; misc, 16; size, 16. */
const HEADER = 8;
const PERF_RECORD_LOST = 2;
const PERF_RECORD_SAMPLE = 9;

/**
 * One CPU's buffer of a perf event array: a perf event whose records programs write, and memory that it shares: a
 * page with the positions, then data. A record may go over the data's end; then it is put together aside.
 */
export class PerfBuffer {
  readonly fd: number;
  readonly #mapping: Mapping;
  readonly #positions: BigUint64Array;
  readonly #data: DataView;
  readonly #size: number;
  readonly #aside: DataView;
  #tail: number;

  /** @param bytes of data: a power of two of pages. @throws SyscallError */
  constructor(
    readonly cpu: number,
    bytes: number,
    wakeup: Wakeup,
    readonly label: string,
  ) {
    const k = kernel();
    const page = pageSize();
    this.fd = k.perfEventOpen(eventOf(wakeup).bytes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    if (this.fd < 0) throw new SyscallError("perf_event_open", -this.fd, `${label}, CPU ${cpu}`);
    const mapping = k.mmap(this.fd, page + bytes, true, 0);
    if (typeof mapping === "number") {
      k.close(this.fd);
      throw new SyscallError("mmap", -mapping, `${label}, CPU ${cpu}`, lockedMemory);
    }
    this.#mapping = mapping;
    this.#positions = new BigUint64Array(mapping.buffer, 0, page / 8);
    this.#data = new DataView(mapping.buffer, page, bytes);
    this.#size = bytes;
    this.#aside = new DataView(new ArrayBuffer(0x1_0000));
    this.#tail = Number(Atomics.load(this.#positions, TAIL));
  }

  enable(): void {
    const result = kernel().ioctl(this.fd, PERF_EVENT_IOC_ENABLE, 0);
    if (result < 0)
      throw new SyscallError("ioctl(PERF_EVENT_IOC_ENABLE)", -result, `${this.label}, CPU ${this.cpu}`);
  }

  get pending(): number {
    return Number(Atomics.load(this.#positions, HEAD)) - this.#tail;
  }

  /**
   * @param lost is told of records that found no room, when the kernel says so: with the next that did.
   * @returns number of records handed over
   */
  drain(take: TakeRecord, most: number, lost: (count: number) => void, closed: () => boolean): number {
    let count = 0;
    const start = this.#tail;
    const head = Number(Atomics.load(this.#positions, HEAD));
    try {
      while (this.#tail < head && count < most) {
        const at = this.#tail & (this.#size - 1);
        // A header is whole: records begin at multiples of 8.
        const type = this.#data.getUint32(at, true);
        const size = this.#data.getUint16(at + 6, true);
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
      if (this.#tail !== start) Atomics.store(this.#positions, TAIL, BigInt(this.#tail));
    }
    return count;
  }

  close(): void {
    this.#mapping.unmap();
    kernel().close(this.fd);
  }

  /** What stands behind the header, in one piece. */
  #record(at: number, size: number): readonly [DataView, number] {
    if (at + size <= this.#size) return [this.#data, at + HEADER];
    const first = this.#size - at;
    const { buffer, byteOffset } = this.#data;
    const aside = new Uint8Array(this.#aside.buffer);
    aside.set(new Uint8Array(buffer, byteOffset + at, first));
    aside.set(new Uint8Array(buffer, byteOffset, size - first), first);
    return [this.#aside, HEADER];
  }
}

function eventOf(wakeup: Wakeup): Struct<"perfEvent"> {
  const byBytes = "bytes" in wakeup;
  const event = new Struct("perfEvent", {
    type: PERF_TYPE_SOFTWARE,
    config: PERF_COUNT_SW_BPF_OUTPUT,
    sample_type: PERF_SAMPLE_RAW,
    sample_period: 1,
    wakeup_events: byBytes ? wakeup.bytes : wakeup.events,
  });
  event.set("size", event.bytes.length);
  if (byBytes) new DataView(event.bytes.buffer).setUint32(FLAGS, WATERMARK, true);
  return event;
}

const lockedMemory =
  "Buffers of perf events count against kernel.perf_event_mlock_kb and RLIMIT_MEMLOCK: take smaller ones, or run with CAP_IPC_LOCK.";
