import { Elements, UpdateFlag } from "../maps/elements.js";
import type { MapHandle } from "../maps/handle.js";
import { onlineCpus } from "../sys/cpus.js";
import { SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";
import { type CpuBuffer, PerfBuffer } from "./perf-buffer.js";
import { OutputEvent, type OutputOptions, type Wakeup } from "./perf-event.js";
import { OverwritableBuffer } from "./perf-overwritable.js";
import type { RecordSource, TakeRecord } from "./source.js";
import { Wait } from "./wait.js";

export interface PerfBufferOptions {
  /** Bytes for each CPU, rounded up to a power of two of pages. Default: 64 pages. */
  readonly bytesPerCpu?: number;
  /**
   * When a waiting reader is woken: after every record by default. `{ bytes }` wakes it once for many; records below
   * that wait until more come, or until `consume` is called.
   */
  readonly wakeup?: Wakeup;
  /**
   * The newest records take the place of the oldest, as a flight recorder's: what is read, the oldest first, is what
   * happened last. Programs of a CPU lose, and the kernel counts, what they send while it is copied. Not with a
   * wake-up by bytes. Linux 4.7.
   */
  readonly overwritable?: boolean;
}

const DEFAULT_PAGES = 64;

/**
 * Reads a perf event array: a buffer for each CPU that is online, opened and put into the array's slots when this is
 * made. Records of one CPU come in their order; those of different CPUs do not.
 */
export class PerfReader implements RecordSource {
  readonly #handle: MapHandle;
  readonly #buffers: CpuBuffer[] = [];
  readonly #wait: Wait;
  /** Readable as soon as one of the buffers is. */
  #epoll = -1;
  #lost = 0;
  /** Of buffers that are closed. */
  #overwritten = 0;
  #turn = 0;
  #closed = false;
  #draining = false;

  /** @throws SyscallError */
  constructor(
    handle: MapHandle,
    {
      bytesPerCpu = DEFAULT_PAGES * pageSize(),
      wakeup = { events: 1 },
      overwritable = false,
    }: PerfBufferOptions = {},
    readonly onLost: (count: number, cpu: number) => void = () => {},
  ) {
    this.#handle = handle;
    this.#wait = new Wait(handle.label);
    const bytes = wholePages(handle.label, bytesPerCpu);
    checkWakeup(handle.label, wakeup, overwritable);
    try {
      this.#open({ bytes, wakeup, overwritable });
    } catch (error) {
      this.close();
      throw error;
    }
    handle.onClose(() => this.close());
  }

  /** Records that found no room in their CPU's buffer, or found it paused, as far as the kernel has told. */
  get lost(): number {
    return this.#lost;
  }

  /** Bytes of records, headers counted, that were written over before they were read. */
  get overwritten(): number {
    return this.#buffers.reduce((bytes, buffer) => bytes + buffer.overwritten, this.#overwritten);
  }

  /** @throws SyscallError */
  pause(paused: boolean): void {
    this.#mustBeOpen();
    for (const buffer of this.#buffers) {
      buffer.event.pause(paused);
      buffer.paused = paused;
    }
  }

  get pending(): number {
    return this.#closed ? 0 : this.#buffers.reduce((bytes, buffer) => bytes + buffer.pending, 0);
  }

  drain(take: TakeRecord, most = Number.POSITIVE_INFINITY): number {
    this.#mustBeOpen();
    let count = 0;
    this.#draining = true;
    try {
      for (let i = 0; i < this.#buffers.length && count < most && !this.#closed; i++) {
        // Each pass begins with another CPU: a busy one does not keep the others waiting.
        const buffer = this.#buffers[this.#turn++ % this.#buffers.length];
        const lost = (missed: number): void => {
          this.#lost += missed;
          this.onLost(missed, buffer?.event.cpu ?? 0);
        };
        count += buffer?.drain(take, most - count, lost, () => this.#closed) ?? 0;
      }
    } finally {
      this.#draining = false;
      if (this.#closed) this.#release();
    }
    return count;
  }

  /**
   * The buffers are looked at again once the kernel knows of the wait: asking an event whether it is ready makes it
   * forget that it was (kernel: `perf_poll`).
   *
   * @throws UsageError `busy` if another loop waits already
   */
  async wait(signal?: AbortSignal): Promise<boolean> {
    if (this.#closed) return false;
    const ready = await this.#wait.for(this.#epoll, () => this.pending > 0, signal);
    return ready && !this.#closed;
  }

  wake(): void {
    this.#wait.end(true);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wait.close();
    if (!this.#draining) this.#release();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new UsageError("closed", `${this.#handle.label} is closed`);
  }

  #open(options: OutputOptions): void {
    const k = kernel();
    const { label } = this.#handle;
    this.#epoll = must(k.epollCreate(), "epoll_create1", label);
    const slots = new Elements(this.#handle, 4);
    for (const cpu of onlineCpus()) {
      if (cpu >= this.#handle.facts.maxEntries) continue;
      const event = new OutputEvent(cpu, options, label);
      this.#buffers.push(options.overwritable ? new OverwritableBuffer(event) : new PerfBuffer(event));
      must(k.epollAdd(this.#epoll, event.fd, cpu, "readable"), "epoll_ctl", label);
      slots.key.setUint32(0, cpu, true);
      slots.value.setUint32(0, event.fd, true);
      slots.update(UpdateFlag.any);
      event.enable();
    }
  }

  #release(): void {
    this.#overwritten = this.overwritten;
    // The array lets go of an event when its descriptor is closed here (kernel: `perf_event_fd_array_release`).
    for (const { event } of this.#buffers.splice(0)) event.close();
    if (this.#epoll >= 0) kernel().close(this.#epoll);
    this.#epoll = -1;
  }
}

function wholePages(label: string, bytes: number): number {
  if (!(bytes > 0 && bytes <= 1 << 30))
    throw new UsageError("bad-value", `${label}: bytesPerCpu is from 1 to 2^30, not ${bytes}`);
  let size = pageSize();
  while (size < bytes) size *= 2;
  return size;
}

function checkWakeup(label: string, wakeup: Wakeup, overwritable: boolean): void {
  // The kernel compares positions that grow, and would wake the reader for every record (`__perf_output_begin`).
  if (overwritable && "bytes" in wakeup)
    throw new UsageError(
      "bad-value",
      `${label}: an overwritable buffer wakes after records, not after bytes`,
    );
  const number = "bytes" in wakeup ? wakeup.bytes : wakeup.events;
  if (!(Number.isInteger(number) && number >= 1 && number <= 0xffff_ffff))
    throw new UsageError(
      "bad-value",
      `${label}: a wake-up comes after one record or byte, or more, not ${number}`,
    );
}

function must(result: number, syscall: string, label: string): number {
  if (result < 0) throw new SyscallError(syscall, -result, label);
  return result;
}
