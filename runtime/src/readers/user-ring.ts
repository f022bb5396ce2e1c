import { setTimeout as sleep } from "node:timers/promises";
import type { MapHandle } from "../maps/handle.js";
import { SyscallError, UsageError } from "../sys/errors.js";
import { kernel, type Mapping } from "../sys/kernel.js";
import { pageSize } from "../sys/page.js";
import { Wait } from "./wait.js";

/** `struct bpf_ringbuf_hdr`: length with two flag bits, and a field that the kernel does not read. */
const HEADER = 8;
const LONGEST = 0x3fff_ffff;

/**
 * Writes to a user ring buffer: the kernel's position on one page, which can only be read; ours on the next, then the
 * data, mapped twice in a row. A record is complete when our position passes it, so that none is ever seen half
 * written, and none has to be marked busy (kernel: `__bpf_user_ringbuf_peek`).
 */
export class UserRing {
  readonly #handle: MapHandle;
  readonly #consumer: BigUint64Array;
  readonly #producer: BigUint64Array;
  readonly #data: DataView;
  readonly #size: number;
  readonly #mappings: Mapping[] = [];
  readonly #wait: Wait;
  #position: number;
  #closed = false;

  /** @throws SyscallError */
  constructor(handle: MapHandle) {
    this.#handle = handle;
    this.#wait = new Wait(handle.label, "writable");
    const page = pageSize();
    this.#size = handle.facts.maxEntries;
    const consumer = this.#map(page, false, 0);
    const rest = this.#map(page + 2 * this.#size, true, page);
    this.#consumer = new BigUint64Array(consumer.buffer, 0, 1);
    this.#producer = new BigUint64Array(rest.buffer, 0, 1);
    this.#data = new DataView(rest.buffer, page);
    this.#position = Number(Atomics.load(this.#producer, 0));
    handle.onClose(() => this.#close());
  }

  /** Bytes that no program has taken yet, headers included. */
  get pending(): number {
    return this.#closed ? 0 : this.#position - Number(Atomics.load(this.#consumer, 0));
  }

  /**
   * Writes one record by `fill`, which is given zeroed memory of its own place in the ring. False if there is no room
   * for it now. What `fill` throws leaves no record.
   *
   * @throws UsageError `bad-size` for a record that will never have room
   */
  write(length: number, fill: (view: DataView, at: number) => void): boolean {
    if (this.#closed) throw new UsageError("closed", `${this.#handle.label} is closed`);
    const total = this.#checked(length);
    if (this.pending + total > this.#size) return false;
    const at = this.#position & (this.#size - 1);
    new Uint8Array(this.#data.buffer, this.#data.byteOffset + at, total).fill(0);
    fill(this.#data, at + HEADER);
    this.#data.setUint32(at, length, true);
    this.#position += total;
    Atomics.store(this.#producer, 0, BigInt(this.#position));
    return true;
  }

  /** Waits until a record of `length` bytes has room. False if the map was closed or the signal came. */
  async room(length: number, signal?: AbortSignal): Promise<boolean> {
    const total = this.#checked(length);
    const there = (): boolean => this.pending + total <= this.#size;
    while (!this.#closed && !signal?.aborted) {
      if (there()) return true;
      if (!(await this.#wait.for(this.#handle.fd, there, signal))) return false;
      // The kernel calls a ring writable as soon as one byte is free.
      if (!this.#closed && !there()) await sleep(1);
    }
    return false;
  }

  #checked(length: number): number {
    const total = Math.ceil((HEADER + length) / 8) * 8;
    if (length > LONGEST || total > this.#size)
      throw new UsageError(
        "bad-size",
        `${this.#handle.label}: a record of ${length} bytes never fits its ${this.#size} bytes`,
      );
    return total;
  }

  #close(): void {
    this.#closed = true;
    this.#wait.close();
    for (const mapping of this.#mappings.splice(0)) mapping.unmap();
  }

  #map(length: number, writable: boolean, offset: number): Mapping {
    const mapping = kernel().mmap(this.#handle.fd, length, writable, offset);
    if (typeof mapping === "number") {
      for (const made of this.#mappings.splice(0)) made.unmap();
      throw new SyscallError("mmap", -mapping, this.#handle.label);
    }
    this.#mappings.push(mapping);
    return mapping;
  }
}
