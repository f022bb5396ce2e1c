import { attachTypes } from "@tsbpfc/loader";
import { xdpLinks } from "../features/link-types.js";
import { errno, SyscallError } from "../sys/errors.js";
import { type Attribute, routeRequest } from "../sys/netlink.js";
import type { Attach, AttachOptions } from "./attach.js";
import { createLink } from "./create.js";
import { DetachableLink } from "./detachable.js";
import type { HookedProgram } from "./hook.js";
import { interfaceOf } from "./interface.js";

/** `XDP_FLAGS_*`, include/uapi/linux/if_link.h. */
const modes: Readonly<Record<NonNullable<AttachOptions["mode"]>, number>> = {
  generic: 2,
  driver: 4,
  offload: 8,
};
const XDP_FLAGS_UPDATE_IF_NOEXIST = 1;
const XDP_FLAGS_REPLACE = 1 << 4;
const RTM_SETLINK = 19;
const IFLA_XDP = 43;
const IFLA_XDP_FD = 1;
const IFLA_XDP_FLAGS = 3;
const IFLA_XDP_EXPECTED_FD = 8;
const IFINFOMSG = 16;

/**
 * XDP by BPF link: gone with the process unless pinned, and not replaced by others (Linux 5.9). On older kernels, or
 * where `netlink` asks for it, as the interface's own setting, which stays until it is closed (4.8).
 */
export const attachXdp: Attach = (program, options) => {
  const ifindex = interfaceOf(program.label, options);
  const flags = options.mode ? modes[options.mode] : 0;
  const label = `XDP on ${options.iface ?? `interface ${options.ifindex}`} (${program.label})`;
  if (options.netlink === true) return byNetlink(program, ifindex, flags, label);
  try {
    return createLink(
      { prog_fd: program.fd, target_ifindex: ifindex, attach_type: attachTypes.xdp, flags },
      label,
      { since: "5.9" },
    );
  } catch (error) {
    if (error instanceof SyscallError && error.errno === errno.EINVAL && xdpLinks.probe() === "no")
      return byNetlink(program, ifindex, flags, label);
    throw error;
  }
};

/** Refused with EBUSY if the interface has a program. @throws SyscallError */
function byNetlink(program: HookedProgram, ifindex: number, mode: number, label: string): DetachableLink {
  const set = (fd: number, flags: number, expected: number | null): void => {
    const xdp: Attribute[] = [
      { type: IFLA_XDP_FD, value: fd },
      { type: IFLA_XDP_FLAGS, value: mode | flags },
    ];
    if (expected !== null) xdp.push({ type: IFLA_XDP_EXPECTED_FD, value: expected });
    const header = new Uint8Array(IFINFOMSG);
    new DataView(header.buffer).setInt32(4, ifindex, true);
    routeRequest(
      { type: RTM_SETLINK, flags: 0, header, attributes: [{ type: IFLA_XDP, value: xdp }] },
      label,
    );
  };
  set(program.fd, XDP_FLAGS_UPDATE_IF_NOEXIST, null);
  let current: { readonly fd: number } = program;
  return new DetachableLink(
    label,
    "it is a setting of the interface; by BPF link from Linux 5.9 on",
    // Only if it is still ours: somebody may have put another there. Linux 5.7.
    () => set(-1, XDP_FLAGS_REPLACE, current.fd),
    (replacement) => {
      set(replacement.fd, XDP_FLAGS_REPLACE, current.fd);
      current = replacement;
    },
  );
}
