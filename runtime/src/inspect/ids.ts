import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import type { Command } from "../sys/commands.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

/** Numbers in rising order, each asked for when it is wanted: what comes or goes meanwhile may be there or not. */
function* ids(command: Command, what: string): Generator<number> {
  const attr = new Struct("getId");
  for (;;) {
    const result = bpf(kernel(), command, attr.bytes);
    if (result === -errno.ENOENT) return;
    if (result < 0) throw new SyscallError(`bpf(${command})`, -result, what, "It needs CAP_SYS_ADMIN.");
    const id = attr.number("next_id");
    yield id;
    attr.set("start_id", id);
  }
}

/** Numbers of all programs in the kernel, for `programById`. Linux 4.13. @throws SyscallError EPERM without CAP_SYS_ADMIN */
export const programIds = (): Iterable<number> => ids("BPF_PROG_GET_NEXT_ID", "all programs");

/** Numbers of all maps in the kernel, for `mapById`. Linux 4.13. @throws SyscallError EPERM without CAP_SYS_ADMIN */
export const mapIds = (): Iterable<number> => ids("BPF_MAP_GET_NEXT_ID", "all maps");

/** Numbers of all links in the kernel, for `linkById`. Linux 5.8. @throws SyscallError EPERM without CAP_SYS_ADMIN */
export const linkIds = (): Iterable<number> => ids("BPF_LINK_GET_NEXT_ID", "all links");

/** Numbers of all BTF in the kernel, for `btfById`. Linux 5.4. @throws SyscallError EPERM without CAP_SYS_ADMIN */
export const btfIds = (): Iterable<number> => ids("BPF_BTF_GET_NEXT_ID", "all BTF");
