import type { IterOutput } from "../readers/iter-output.js";
import { Struct } from "../sys/attr.js";
import { bpf, pinObject } from "../sys/bpf.js";
import { SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type LinkInfo, linkInfo } from "./info.js";

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
   * Puts another program of the same type in the place of the attached one, without a gap. XDP 5.9, cgroup 5.7,
   * tcx 6.6; the other kinds refuse.
   *
   * @throws SyscallError EINVAL, EOPNOTSUPP
   */
  update(program: { readonly fd: number }): void {
    const attr = new Struct("linkUpdate", { link_fd: this.fd, new_prog_fd: program.fd });
    const result = bpf(kernel(), "BPF_LINK_UPDATE", attr.bytes);
    if (result < 0) throw new SyscallError("bpf(BPF_LINK_UPDATE)", -result, this.label);
  }

  /** Takes a pin away; the attachment ends when this link is closed too. */
  unpin(path: string): void {
    kernel().removeFile(path);
  }

  /** Detaches now, even if the link is pinned; it stays as an empty link. Linux 5.9. */
  detach(): void {
    if (this.notOneLink !== null) {
      this.close();
      return;
    }
    const result = bpf(kernel(), "BPF_LINK_DETACH", new Struct("linkDetach", { link_fd: this.fd }).bytes);
    if (result < 0) throw new SyscallError("bpf(BPF_LINK_DETACH)", -result, this.label);
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
