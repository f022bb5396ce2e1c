import { UsageError } from "../sys/errors.js";
import { Elements, UpdateFlag } from "./elements.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";

/** Arrays of kernel objects: a slot is written as a descriptor. */
class SlotMap extends BpfMap {
  protected readonly elements: Elements;

  constructor(handle: MapHandle) {
    super(handle);
    this.elements = new Elements(handle, 4);
  }

  /** Number of slots. */
  get size(): number {
    return this.maxEntries;
  }

  /** @throws SyscallError EINVAL for an object that does not fit; UsageError `bad-value` for no such slot */
  set(slot: number, object: { readonly fd: number }): this {
    this.at(slot);
    this.elements.value.setUint32(0, object.fd, true);
    this.elements.update(UpdateFlag.any);
    return this;
  }

  /** Empties a slot; false if it was empty. */
  delete(slot: number): boolean {
    this.at(slot);
    return this.elements.delete();
  }

  protected at(slot: number): void {
    if (!(Number.isInteger(slot) && slot >= 0 && slot < this.size))
      throw new UsageError("bad-value", `${this.handle.label} has slots 0 to ${this.size - 1}, not ${slot}`);
    this.elements.key.setUint32(0, slot, true);
  }
}

/** BPF_MAP_TYPE_PROG_ARRAY: targets of tail calls. Linux 4.2. */
export class ProgArray extends SlotMap {
  /** Id of the program in a slot; undefined for an empty one. Linux 4.14. */
  get(slot: number): number | undefined {
    this.at(slot);
    return this.elements.lookup() ? this.elements.value.getUint32(0, true) : undefined;
  }
}

/** BPF_MAP_TYPE_PERF_EVENT_ARRAY: a perf event for each CPU, which programs write to or read. Linux 4.3. */
export class PerfEventArray extends SlotMap {}
