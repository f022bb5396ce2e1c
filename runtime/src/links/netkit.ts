import { type AttachType, attachTypes } from "@tsbpfc/loader";
import { anchorAdvice, anchorValues } from "./anchor.js";
import type { Attach } from "./attach.js";
import { createLink } from "./create.js";
import { interfaceOf } from "./interface.js";

/** Sections of netkit, which share their program type with tc. */
export const isNetkit = (type: AttachType | null): boolean =>
  type === "netkit_primary" || type === "netkit_peer";

/** `netkit/primary`, `netkit/peer` on the primary end of a netkit pair. Linux 6.7, CONFIG_NETKIT. */
export const attachNetkit: Attach = (program, options) => {
  const { flags, relative, revision } = anchorValues(options);
  return createLink(
    {
      prog_fd: program.fd,
      target_ifindex: interfaceOf(program.label, options),
      attach_type: attachTypes[program.hook.expectedAttachType ?? "netkit_primary"],
      flags,
      "netkit.relative_fd": relative,
      "netkit.expected_revision": revision,
    },
    `${program.hook.section} on ${options.iface ?? `interface ${options.ifindex}`} (${program.label})`,
    {
      since: "6.7",
      advice: anchorAdvice,
      otherwise: "It needs CONFIG_NETKIT, and the primary interface of a netkit pair.",
    },
  );
};
