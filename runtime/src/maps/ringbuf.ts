import { RingReader } from "../readers/ring-reader.js";
import type { RecordSource } from "../readers/source.js";
import { RecordMap } from "./records.js";

/** BPF_MAP_TYPE_RINGBUF: records that programs send, in their order across CPUs. Linux 5.8. */
export class RingBuf<T> extends RecordMap<T> {
  #reader: RingReader | null = null;

  protected source(): RecordSource {
    this.#reader ??= new RingReader(this.handle);
    return this.#reader;
  }
}
