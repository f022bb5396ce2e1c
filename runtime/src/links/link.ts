import type { IterOutput } from "../readers/iter-output.js";
import { Struct } from "../sys/attr.js";
import { bpf, pinObject } from "../sys/bpf.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type LinkInfo, linkInfo } from "./info.js";
import { refusedOperation } from "./operations.js";

/** A program attached to something. Closing it detaches, unless the link is pinned. */
export class Link {
  #fd: number;
  readonly #companions: readonly number[];

  constructor(
    fd: number,
    /** What is attached to what, for messages. */
    readonly label: string,
    /** Descriptors that live as long as the attachment: a perf event. */
    companions: readonly number[] = [],
    /** Why the attachment is not one BPF link, which could be pinned; null if it is. */
    readonly notOneLink: string | null = null,
  ) {
    this.#fd = fd;
    this.#companions = companions;
  }

  /** @throws UsageError `closed` */
  get fd(): number {
    if (this.#fd < 0) throw new UsageError("closed", `${this.label} is closed`);
    return this.#fd;
  }

  get closed(): boolean {
    return this.#fd < 0;
  }

  /** What the kernel tells of it. Linux 5.8. @throws SyscallError */
  info(): LinkInfo {
    return linkInfo(this.fd, this.label);
  }

  /**
   * What an iterator writes, to be read in pieces, lines or records.
   *
   * @throws UsageError `unsupported` for other programs
   */
  output(): IterOutput {
    throw new UsageError("unsupported", `${this.label} cannot be read: only iterators ("iter/…") can`);
  }

  /** All that an iterator writes in one round over its objects. @throws UsageError `unsupported`, SyscallError */
  read(): Uint8Array {
    return this.output().bytes();
  }

  /** Keeps the attachment at a path in a BPF file system after this process. Linux 5.7. @throws SyscallError, UsageError */
  pin(path: string): void {
    if (this.notOneLink !== null)
      throw new UsageError("unsupported", `${this.label} cannot be pinned: ${this.notOneLink}`);
    pinObject(this.fd, path, this.label);
  }

  /**
   * Puts another program of the same type in the place of the attached one, without a gap. cgroup 5.7, namespaces and
   * iterators 5.8, XDP 5.9, tcx 6.6, netkit 6.7, maps of sockets 6.10; the kernel has it for no others.
   *
   * @throws SyscallError EINVAL, EOPNOTSUPP: the message tells whether links of this kind can
   */
  update(program: { readonly fd: number }): void {
    const attr = new Struct("linkUpdate", { link_fd: this.fd, new_prog_fd: program.fd });
    const result = bpf(kernel(), "BPF_LINK_UPDATE", attr.bytes);
    if (result < 0)
      throw new SyscallError("bpf(BPF_LINK_UPDATE)", -result, this.label, this.#why(-result, "update"));
  }

  /** Takes a pin away; the attachment ends when this link is closed too. */
  unpin(path: string): void {
    kernel().removeFile(path);
  }

  /**
   * Detaches now, even if the link is pinned; it stays as an empty link. cgroup, XDP and namespaces 5.9, netfilter 6.4,
   * tcx 6.6, netkit 6.7, maps of sockets 6.10, struct_ops 6.11; the kernel has it for no others, which end when they are
   * closed and their pins are gone. What is not one BPF link is closed.
   *
   * @throws SyscallError EOPNOTSUPP, EINVAL: the message tells whether links of this kind can
   */
  detach(): void {
    if (this.notOneLink !== null) {
      this.close();
      return;
    }
    const result = bpf(kernel(), "BPF_LINK_DETACH", new Struct("linkDetach", { link_fd: this.fd }).bytes);
    if (result < 0)
      throw new SyscallError("bpf(BPF_LINK_DETACH)", -result, this.label, this.#why(-result, "detach"));
  }

  /** Of the errors that mean "not that": what the kind of link can. */
  #why(number: number, operation: "update" | "detach"): string {
    if (number !== errno.EINVAL && number !== errno.EOPNOTSUPP) return "";
    try {
      return refusedOperation(this.info().kind, operation);
    } catch (error) {
      // Before Linux 5.8 links tell nothing; what was refused is what the user wants to know.
      if (error instanceof SyscallError) return "";
      throw error;
    }
  }

  /** For links made of others, which have closed the descriptor. */
  protected release(): void {
    this.#fd = -1;
  }

  close(): void {
    if (this.#fd < 0) return;
    kernel().close(this.#fd);
    for (const fd of this.#companions) kernel().close(fd);
    this.#fd = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
