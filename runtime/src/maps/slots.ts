import { UsageError } from "../sys/errors.js";
import { Elements, UpdateFlag } from "./elements.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";

/** The elements of an array of kernel objects: a slot is written as a descriptor. */
export class Slots {
  readonly #handle: MapHandle;
  readonly #elements: Elements;

  constructor(handle: MapHandle) {
    this.#handle = handle;
    this.#elements = new Elements(handle, 4);
  }

  /** @throws SyscallError EINVAL for an object that does not fit; UsageError `bad-value` for no such slot */
  set(slot: number, fd: number): void {
    this.#at(slot);
    this.#elements.value.setUint32(0, fd, true);
    this.#elements.update(UpdateFlag.any);
  }

  /** Id of the object in a slot; undefined for an empty one. */
  get(slot: number): number | undefined {
    this.#at(slot);
    return this.#elements.lookup() ? this.#elements.value.getUint32(0, true) : undefined;
  }

  /** Empties a slot; false if it was empty. */
  delete(slot: number): boolean {
    this.#at(slot);
    return this.#elements.delete();
  }

  #at(slot: number): void {
    const size = this.#handle.facts.maxEntries;
    if (!(Number.isInteger(slot) && slot >= 0 && slot < size))
      throw new UsageError("bad-value", `${this.#handle.label} has slots 0 to ${size - 1}, not ${slot}`);
    this.#elements.key.setUint32(0, slot, true);
  }
}

/** Arrays of kernel objects. */
export abstract class SlotMap extends BpfMap {
  protected readonly slots: Slots;

  constructor(handle: MapHandle) {
    super(handle);
    this.slots = new Slots(handle);
  }

  /** Number of slots. */
  get size(): number {
    return this.maxEntries;
  }

  /** Empties a slot; false if it was empty. @throws UsageError `bad-value` for no such slot */
  delete(slot: number): boolean {
    return this.slots.delete(slot);
  }
}

/** BPF_MAP_TYPE_PROG_ARRAY: targets of tail calls. Linux 4.2. */
export class ProgArray extends SlotMap {
  /**
   * Puts a loaded program in a slot, in the place of what was there.
   *
   * @throws SyscallError EINVAL for a program that does not fit those of this array; UsageError `bad-value` for no
   * such slot
   */
  set(slot: number, program: { readonly fd: number }): this {
    this.slots.set(slot, program.fd);
    return this;
  }

  /** Id of the program in a slot; undefined for an empty one. Linux 4.14. */
  get(slot: number): number | undefined {
    return this.slots.get(slot);
  }

  has(slot: number): boolean {
    return this.slots.get(slot) !== undefined;
  }

  clear(): void {
    for (let slot = 0; slot < this.size; slot++) this.delete(slot);
  }
}
