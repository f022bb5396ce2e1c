import type { Codec } from "../codec.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap } from "./keyed.js";
import { checkSize } from "./map.js";

/** An index, as arrays take it: 32 bits. */
export const indexCodec: Codec<number> = {
  size: 4,
  read: (view, at) => view.getUint32(at, true),
  write: (view, at, value) => view.setUint32(at, value, true),
};

/** `BPF_MAP_TYPE_ARRAY`: every index below `size` is always there. Linux 3.19. */
export class ArrayMap<V> extends KeyedMap<number, V> {
  constructor(handle: MapHandle, codecs: { readonly value: Codec<V> }, sizes: "check" | "checked" = "check") {
    if (sizes === "check") checkSize(handle, "value", codecs.value);
    super(handle, indexCodec, codecs.value);
  }

  get size(): number {
    return this.handle.facts.maxEntries;
  }

  *keyBytes(): Generator<Uint8Array> {
    for (let index = 0; index < this.size; index++) yield new Uint8Array(new Uint32Array([index]).buffer);
  }

  /** Sets every value's bytes to zero. */
  clear(): void {
    const zeroes = new Uint8Array(this.value.size);
    for (const key of this.keyBytes()) this.setBytes(key, zeroes);
  }
}
