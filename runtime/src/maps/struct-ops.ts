import { attachTypes } from "@tsbpfc/loader";
import { scheduler } from "../inspect/scheduler.js";
import { createLinkFd } from "../links/create.js";
import { DetachableLink } from "../links/detachable.js";
import { Link } from "../links/link.js";
import { Struct } from "../sys/attr.js";
import { bpf, bpfCommand } from "../sys/bpf.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { BpfMap } from "./map.js";

/** `BPF_F_LINK`, include/uapi/linux/bpf.h. */
const BPF_F_LINK = 1 << 13;

/** Functions that the kernel calls through a struct of its own, such as a TCP congestion control. Linux 5.6. */
export class StructOps extends BpfMap {
  #link: Link | null = null;

  /**
   * Registers the struct with the kernel, until the link is closed: by BPF link for `.struct_ops.link` (Linux 6.4),
   * which can be pinned and updated; for `.struct_ops` by the map's value.
   *
   * @throws SyscallError EEXIST if one of the same name is registered; UsageError
   */
  attach(): Link {
    const label = `struct_ops '${this.name}'`;
    this.#link = (this.handle.facts.flags & BPF_F_LINK) !== 0 ? this.#byLink(label) : this.#byValue(label);
    return this.#link;
  }

  /** Whether a link of this object registers it. */
  get attached(): boolean {
    return this.#link !== null && !this.#link.closed;
  }

  /** Gives the kernel the struct's value, once: it keeps the first. @throws UsageError, SyscallError */
  publish(): void {
    const error = this.#write();
    // EBUSY: done before; the value never changes.
    if (error !== 0 && error !== errno.EBUSY) throw this.#refused(error);
  }

  #byLink(label: string): Link {
    this.publish();
    const values = { map_fd: this.fd, attach_type: attachTypes.struct_ops };
    return new StructOpsLink(createLinkFd(values, label, { since: "6.4", advice: whoIsThere }), label);
  }

  #byValue(label: string): Link {
    const error = this.#write();
    if (error !== 0) throw this.#refused(error);
    const why = "a struct of section .struct_ops is registered without a BPF link; .struct_ops.link has one";
    return new DetachableLink(label, why, () => {
      const k = kernel();
      const key = k.address(new Uint8Array(4));
      bpfCommand("BPF_MAP_DELETE_ELEM", "mapElement", { map_fd: this.fd, key }, label);
    });
  }

  /** 0, or an errno. */
  #write(): number {
    const k = kernel();
    const value = this.handle.firstValue;
    if (value === null)
      throw new UsageError(
        "unsupported",
        `${this.handle.label}: only the loader that made it knows the value to register`,
      );
    const key = k.address(new Uint8Array(4));
    const attr = new Struct("mapElement", { map_fd: this.fd, key, value: k.address(value) });
    return -bpf(k, "BPF_MAP_UPDATE_ELEM", attr.bytes);
  }

  #refused(error: number): SyscallError {
    const hint =
      error === errno.EINVAL
        ? "The kernel finds a member of the struct missing or wrong: a name, or a function that it needs."
        : "";
    return new SyscallError("bpf(BPF_MAP_UPDATE_ELEM)", error, this.handle.label, hint);
  }
}

/** Of CPU schedulers the kernel takes one at a time. */
function whoIsThere(error: number): string {
  const name = error === errno.EBUSY ? (scheduler()?.name ?? null) : null;
  return name === null ? "" : `Scheduler '${name}' runs this machine's tasks: close it first.`;
}

/** A registered struct; `update` puts another one of the same kind in its place. */
class StructOpsLink extends Link {
  override update(replacement: { readonly fd: number }): void {
    if (!(replacement instanceof StructOps))
      throw new UsageError("bad-value", `${this.label} is updated with another struct_ops map`);
    replacement.publish();
    super.update(replacement);
  }
}
