import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { SlotMap } from "./slots.js";
import type { NamedOwner, OpenOwner } from "./storage.js";

/** BPF_MAP_TYPE_CGROUP_ARRAY: cgroups (version 2) that programs compare with. Linux 4.8. */
export class CgroupArray extends SlotMap {
  /** @throws SyscallError for what is no cgroup; UsageError `bad-value` for no such slot */
  set(slot: number, cgroup: NamedOwner | OpenOwner): this {
    if ("fd" in cgroup) this.slots.set(slot, cgroup.fd);
    else {
      const fd = kernel().openFile(cgroup.path);
      if (fd < 0) throw new SyscallError("open", -fd, `${this.handle.label}, ${cgroup.path}`);
      try {
        this.slots.set(slot, fd);
      } finally {
        kernel().close(fd);
      }
    }
    return this;
  }
}
