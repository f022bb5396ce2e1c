import { attachTypes } from "@tsbpfc/loader";
import type { Attach, AttachOptions } from "./attach.js";
import { createLink } from "./create.js";
import { interfaceOf } from "./interface.js";

/** `XDP_FLAGS_*`, include/uapi/linux/if_link.h. */
const modes: Readonly<Record<NonNullable<AttachOptions["mode"]>, number>> = {
  generic: 2,
  driver: 4,
  offload: 8,
};

/** XDP by BPF link: gone with the process unless pinned, and not replaced by others. Linux 5.9. */
export const attachXdp: Attach = (program, options) =>
  createLink(
    {
      prog_fd: program.fd,
      target_ifindex: interfaceOf(program, options),
      attach_type: attachTypes.xdp,
      flags: options.mode ? modes[options.mode] : 0,
    },
    `XDP on ${options.iface ?? `interface ${options.ifindex}`} (${program.label})`,
    "5.9",
  );
