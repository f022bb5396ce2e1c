import { attachTypes } from "@tsbpfc/loader";
import { tcxLinks } from "../features/link-types.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { anchorAdvice, anchorValues, isPlaced } from "./anchor.js";
import type { Attach } from "./attach.js";
import { createLink } from "./create.js";
import { interfaceOf } from "./interface.js";
import { attachNetkit, isNetkit } from "./netkit.js";
import { attachFilter, type Direction } from "./tc.js";

const sides: Readonly<Record<string, Direction>> = { tcx_ingress: "ingress", tcx_egress: "egress" };
const types = { ingress: "tcx_ingress", egress: "tcx_egress" } as const;

/**
 * tc by BPF link (Linux 6.6); on older kernels, or where `netlink` asks for it, as a filter of clsact. The direction is
 * the section's (`tcx/ingress`, `tc/egress`), else the options'. Sections of netkit go their own way.
 */
export const attachTcx: Attach = (program, options) => {
  const declared = program.hook.expectedAttachType;
  if (isNetkit(declared)) return attachNetkit(program, options);
  const direction = declared === null ? options.direction : sides[declared];
  if (direction === undefined)
    throw new UsageError(
      "target-missing",
      `${program.label}: section "${program.hook.section}" does not say a direction; write "tcx/ingress" or "tcx/egress", or attach({ iface, direction: "ingress" })`,
    );
  const ifindex = interfaceOf(program.label, options);
  const label = `${program.hook.section} on ${options.iface ?? `interface ${options.ifindex}`} (${program.label})`;
  const filter = () => attachFilter(program, { ifindex, direction, priority: options.priority ?? 0, label });
  if (options.netlink === true) return filter();
  const { flags, relative, revision } = anchorValues(options);
  try {
    return createLink(
      {
        prog_fd: program.fd,
        target_ifindex: ifindex,
        attach_type: attachTypes[types[direction]],
        flags,
        "tcx.relative_fd": relative,
        "tcx.expected_revision": revision,
      },
      label,
      { since: "6.6", advice: anchorAdvice },
    );
  } catch (error) {
    const isOld = error instanceof SyscallError && error.errno === errno.EINVAL && tcxLinks.probe() === "no";
    // An order among programs is tcx's alone.
    if (!isOld || isPlaced(options)) throw error;
    return filter();
  }
};
