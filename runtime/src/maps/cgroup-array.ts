import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { MapHandle } from "./handle.js";
import { BpfMap } from "./map.js";
import { Slots } from "./slots.js";
import type { NamedOwner, OpenOwner } from "./storage.js";

/** BPF_MAP_TYPE_CGROUP_ARRAY: cgroups (version 2) that programs compare with. Linux 4.8. */
export class CgroupArray extends BpfMap {
  readonly #slots: Slots;

  constructor(handle: MapHandle) {
    super(handle);
    this.#slots = new Slots(handle);
  }

  /** Number of slots. */
  get size(): number {
    return this.maxEntries;
  }

  /** @throws SyscallError for what is no cgroup; UsageError `bad-value` for no such slot */
  set(slot: number, cgroup: NamedOwner | OpenOwner): this {
    if ("fd" in cgroup) this.#slots.set(slot, cgroup.fd);
    else {
      const fd = kernel().openFile(cgroup.path);
      if (fd < 0) throw new SyscallError("open", -fd, `${this.handle.label}, ${cgroup.path}`);
      try {
        this.#slots.set(slot, fd);
      } finally {
        kernel().close(fd);
      }
    }
    return this;
  }

  /** Empties a slot; false if it was empty. */
  delete(slot: number): boolean {
    return this.#slots.delete(slot);
  }
}
