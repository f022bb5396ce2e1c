import type { ProgramType } from "@tsbpfc/loader";
import { SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { tooOld } from "../sys/release.js";
import type { Attach } from "./attach.js";
import { DetachableLink } from "./detachable.js";

const SOL_SOCKET = 1;

/** An option's number, and its first release. */
type Option = readonly [number: number, since: string];

/** `SO_ATTACH_BPF`, `SO_DETACH_FILTER`, `SO_ATTACH_REUSEPORT_EBPF`, `SO_DETACH_REUSEPORT_BPF` (asm-generic/socket.h). */
const options: Partial<Record<ProgramType, { readonly attach: Option; readonly detach: Option }>> = {
  socket_filter: { attach: [50, "3.19"], detach: [27, "3.19"] },
  sk_reuseport: { attach: [52, "4.19"], detach: [68, "5.3"] },
};

/**
 * `socket` filters what a socket receives (Linux 3.19); `sk_reuseport` chooses among sockets that share a port, by any
 * one of them (4.19; detaching 5.3): `attach({ socket })`, a descriptor that is the caller's and outlives the link.
 *
 * @throws SyscallError, UsageError
 */
export const attachSocket: Attach = (program, { socket }) => {
  const option = options[program.hook.type];
  if (option === undefined || socket === undefined)
    throw new UsageError(
      "target-missing",
      `${program.label} attaches to a socket: attach({ socket: descriptor })`,
    );
  const label = `${program.hook.section} on socket ${socket} (${program.label})`;
  const set = ([name, since]: Option, value: number): void => {
    const result = kernel().setsockopt(socket, SOL_SOCKET, name, value);
    if (result < 0) throw new SyscallError("setsockopt", -result, label, tooOld("That socket option", since));
  };
  set(option.attach, program.fd);
  return new DetachableLink(
    label,
    "it is an option of the socket",
    () => set(option.detach, 0),
    (replacement) => set(option.attach, replacement.fd),
  );
};
