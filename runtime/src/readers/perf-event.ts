import { Struct } from "../sys/attr.js";
import { SyscallError } from "../sys/errors.js";
import { kernel, type Mapping } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";

/** When a CPU's buffer wakes its reader: after so many records, or so many bytes of them. */
export type Wakeup = { readonly events: number } | { readonly bytes: number };

/** How the buffers of a perf event array are made. */
export interface OutputOptions {
  /** Of data, for each CPU: a power of two of pages. */
  readonly bytes: number;
  readonly wakeup: Wakeup;
  /** The newest records take the place of the oldest. */
  readonly overwritable: boolean;
}

/** Layout of include/uapi/linux/perf_event.h. */
const PERF_TYPE_SOFTWARE = 1;
const PERF_COUNT_SW_BPF_OUTPUT = 10;
const PERF_SAMPLE_RAW = 1 << 10;
const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_PAUSE_OUTPUT = 0x4004_2409;
/** Bit-fields of `perf_event_attr`, in the 64 bits at byte 40. */
const FLAGS = 40;
const WATERMARK = 1 << 14;
const WRITE_BACKWARD = 1 << 27;

/** `data_head` and `data_tail` of `struct perf_event_mmap_page`, in 64-bit words. */
export const HEAD = 1024 / 8;
export const TAIL = 1032 / 8;
/** `struct perf_event_header`: type, 32 bits; misc, 16; size, 16. */
export const HEADER = 8;
export const PERF_RECORD_LOST = 2;
export const PERF_RECORD_SAMPLE = 9;

/**
 * A perf event whose records programs write, and memory that it shares: a page with the positions, then data. Where
 * the mapping cannot be written, the kernel has no reader's position to keep clear of, and writes over the oldest
 * records; backward, so that its own position is where the newest begins (kernel: `rb_alloc`, `write_backward`).
 */
export class OutputEvent {
  readonly fd: number;
  readonly positions: BigInt64Array;
  readonly data: DataView;
  readonly #mapping: Mapping;

  /** @throws SyscallError */
  constructor(
    readonly cpu: number,
    options: OutputOptions,
    readonly label: string,
  ) {
    const k = kernel();
    const page = pageSize();
    this.fd = k.perfEventOpen(attrOf(options).bytes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    if (this.fd < 0) throw this.#failed("perf_event_open", this.fd);
    const mapping = k.mmap(this.fd, page + options.bytes, !options.overwritable, 0);
    if (typeof mapping === "number") {
      k.close(this.fd);
      throw this.#failed("mmap", mapping, lockedMemory);
    }
    this.#mapping = mapping;
    this.positions = new BigInt64Array(mapping.buffer, 0, page / 8);
    this.data = new DataView(mapping.buffer, page, options.bytes);
  }

  /** @throws SyscallError */
  enable(): void {
    const result = kernel().ioctl(this.fd, PERF_EVENT_IOC_ENABLE, 0);
    if (result < 0) throw this.#failed("ioctl(PERF_EVENT_IOC_ENABLE)", result);
  }

  /** Whether programs may write. What they send meanwhile is lost, and counted. @throws SyscallError */
  pause(paused: boolean): void {
    const result = kernel().ioctl(this.fd, PERF_EVENT_IOC_PAUSE_OUTPUT, paused ? 1 : 0);
    if (result < 0) throw this.#failed("ioctl(PERF_EVENT_IOC_PAUSE_OUTPUT)", result);
  }

  close(): void {
    this.#mapping.unmap();
    kernel().close(this.fd);
  }

  #failed(syscall: string, result: number, advice = ""): SyscallError {
    return new SyscallError(syscall, -result, `${this.label}, CPU ${this.cpu}`, advice);
  }
}

function attrOf({ wakeup, overwritable }: OutputOptions): Struct<"perfEvent"> {
  const byBytes = "bytes" in wakeup;
  const attr = new Struct("perfEvent", {
    type: PERF_TYPE_SOFTWARE,
    config: PERF_COUNT_SW_BPF_OUTPUT,
    sample_type: PERF_SAMPLE_RAW,
    sample_period: 1,
    wakeup_events: byBytes ? wakeup.bytes : wakeup.events,
  });
  attr.set("size", attr.bytes.length);
  const flags = (byBytes ? WATERMARK : 0) | (overwritable ? WRITE_BACKWARD : 0);
  new DataView(attr.bytes.buffer).setUint32(FLAGS, flags, true);
  return attr;
}

const lockedMemory =
  "Buffers of perf events count against kernel.perf_event_mlock_kb and RLIMIT_MEMLOCK: take smaller ones, or run with CAP_IPC_LOCK.";
