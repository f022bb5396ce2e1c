import type { Codec } from "../codec.js";
import { Elements, UpdateFlag } from "./elements.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";

/** BPF_MAP_TYPE_BLOOM_FILTER: remembers values; asked, it sometimes says yes for one that it was not given. Linux 5.16. */
export class BloomFilter<V> extends BpfMap {
  readonly #elements: Elements;

  constructor(
    handle: MapHandle,
    readonly codec: Codec<V>,
  ) {
    super(handle);
    this.#elements = new Elements(handle, codec.size);
  }

  /** @throws SyscallError */
  add(value: V): this {
    this.codec.write(this.#elements.value, 0, value);
    this.#elements.update(UpdateFlag.any);
    return this;
  }

  /** False: it was never added. True: it was, or looks like one that was. */
  has(value: V): boolean {
    this.codec.write(this.#elements.value, 0, value);
    return this.#elements.lookup();
  }
}
