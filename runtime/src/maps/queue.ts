import type { Codec } from "../codec.js";
import { Elements, UpdateFlag } from "./elements.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";

/** Values without keys. Linux 4.20. */
class Line<V> extends BpfMap {
  readonly #elements: Elements;

  constructor(
    handle: MapHandle,
    readonly codec: Codec<V>,
  ) {
    super(handle);
    this.#elements = new Elements(handle, codec.size);
  }

  /** @throws SyscallError E2BIG if the map is full */
  push(value: V): void {
    this.codec.write(this.#elements.value, 0, value);
    this.#elements.update(UpdateFlag.any);
  }

  /** The next value, which is taken out; undefined if there is none. */
  pop(): V | undefined {
    return this.#elements.lookupAndDelete() ? this.codec.read(this.#elements.value, 0) : undefined;
  }

  /** The next value, which stays. */
  peek(): V | undefined {
    return this.#elements.lookup() ? this.codec.read(this.#elements.value, 0) : undefined;
  }
}

/** BPF_MAP_TYPE_QUEUE: first in, first out. */
export class Queue<V> extends Line<V> {}
/** BPF_MAP_TYPE_STACK: last in, first out. */
export class Stack<V> extends Line<V> {}
