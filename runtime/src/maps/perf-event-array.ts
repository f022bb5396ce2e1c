import type { Codec } from "../codec.js";
import { type PerfBufferOptions, PerfReader } from "../readers/perf-reader.js";
import type { RecordSource } from "../readers/source.js";
import { UsageError } from "../sys/errors.js";
import type { MapHandle } from "./handle.js";
import { RecordMap } from "./records.js";
import { Slots } from "./slots.js";

export interface PerfOptions extends PerfBufferOptions {
  /** Called when the kernel tells of records that found no room. */
  readonly onLost?: (count: number, cpu: number) => void;
}

/**
 * BPF_MAP_TYPE_PERF_EVENT_ARRAY: records that programs send through a buffer of each CPU, or perf events that they
 * read. What programs send before the buffers are open is lost: `open` them before attaching. A record may be followed
 * by up to 7 bytes of padding, which `length` counts. Linux 4.3.
 */
export class PerfEventArray<T> extends RecordMap<T> {
  readonly #slots: Slots;
  #reader: PerfReader | null = null;

  constructor(handle: MapHandle, codec: Codec<T>) {
    super(handle, codec);
    this.#slots = new Slots(handle);
  }

  /**
   * Opens a buffer for each CPU that is online and puts them into the slots. Reading does so too, with the defaults.
   *
   * @throws SyscallError; UsageError `busy` if they are open
   */
  open(options: PerfOptions = {}): this {
    if (this.#reader)
      throw new UsageError("busy", `${this.handle.label} has its buffers already: open it before it is read`);
    this.#reader = new PerfReader(this.handle, options, options.onLost);
    return this;
  }

  /**
   * Records that found no room, or found the buffer paused, as far as the kernel has told: with the next record of
   * that CPU.
   */
  get lost(): number {
    return this.#reader?.lost ?? 0;
  }

  /** Of `overwritable` buffers: bytes of records, headers counted, that were written over before they were read. */
  get overwritten(): number {
    return this.#reader?.overwritten ?? 0;
  }

  /**
   * Lets programs write no more, so that what is there stays. What they send is lost, which the kernel counts; they
   * are told by ENOSPC. Linux 4.7.
   *
   * @throws SyscallError
   */
  pause(): void {
    this.#opened().pause(true);
  }

  /** Ends a pause. @throws SyscallError */
  resume(): void {
    this.#opened().pause(false);
  }

  /** Number of slots, one for each CPU. */
  get size(): number {
    return this.maxEntries;
  }

  /** Puts a perf event of one's own in a slot, for `bpf_perf_event_read_value`. @throws SyscallError, UsageError */
  set(slot: number, event: { readonly fd: number }): this {
    this.#slots.set(slot, event.fd);
    return this;
  }

  /** Empties a slot; false if it was empty. */
  delete(slot: number): boolean {
    return this.#slots.delete(slot);
  }

  protected source(): RecordSource {
    return this.#opened();
  }

  #opened(): PerfReader {
    if (!this.#reader) this.open();
    return this.#reader as PerfReader;
  }
}
