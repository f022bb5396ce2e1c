import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import type { MapHandle } from "./handle.js";

/** A global variable of a loaded program, in memory that is shared with it: no system calls. Linux 5.5. */
export class Variable<T> {
  readonly #handle: MapHandle;
  readonly #codec: Codec<T>;
  readonly #offset: number;

  constructor(
    handle: MapHandle,
    codec: Codec<T>,
    readonly spec: { readonly name: string; readonly offset: number; readonly constant: boolean },
  ) {
    if (spec.offset < 0 || spec.offset + codec.size > handle.facts.valueSize)
      throw new UsageError("bad-size", `variable '${spec.name}' does not fit into ${handle.label}`);
    this.#handle = handle;
    this.#codec = codec;
    this.#offset = spec.offset;
  }

  get(): T {
    return this.#codec.read(this.#memory(), this.#offset);
  }

  /** @throws UsageError `loaded` for a constant: it is frozen once loaded */
  set(value: T): void {
    if (this.spec.constant) throw new UsageError("loaded", `'${this.spec.name}' is constant: set it before loading`);
    this.#codec.write(this.#memory(), this.#offset, value);
  }

  #memory(): DataView {
    const memory = this.#handle.memory;
    if (!memory) throw new UsageError("closed", `'${this.spec.name}': ${this.#handle.label} is closed`);
    return memory;
  }
}
