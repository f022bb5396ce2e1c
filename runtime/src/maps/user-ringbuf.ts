import type { Codec } from "../codec.js";
import { UserRing } from "../readers/user-ring.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";
import type { ReadOptions } from "./records.js";

/**
 * BPF_MAP_TYPE_USER_RINGBUF: records for programs, which take them by `bpf_user_ringbuf_drain` when they run: writing
 * wakes none. One process writes. Linux 6.1.
 */
export class UserRingBuf<T> extends BpfMap {
  #ring: UserRing | null = null;

  constructor(
    handle: MapHandle,
    readonly codec: Codec<T>,
  ) {
    super(handle);
  }

  /** Bytes that no program has taken yet, headers included. */
  get pending(): number {
    return this.#open().pending;
  }

  /** False if there is no room now. @throws UsageError `bad-size` for what will never fit; what the codec throws */
  write(record: T): boolean {
    const { codec } = this;
    return this.#open().write(codec.size, (view, at) => codec.write(view, at, record));
  }

  /** The same for a record of any length. */
  writeBytes(record: Uint8Array): boolean {
    return this.#open().write(record.length, (view, at) =>
      new Uint8Array(view.buffer, view.byteOffset + at, record.length).set(record),
    );
  }

  /** Waits until there is room, then writes. False if the map was closed or the signal came. */
  async send(record: T, { signal }: ReadOptions = {}): Promise<boolean> {
    const ring = this.#open();
    while (!this.write(record)) if (!(await ring.room(this.codec.size, signal))) return false;
    return true;
  }

  #open(): UserRing {
    this.#ring ??= new UserRing(this.handle);
    return this.#ring;
  }
}
