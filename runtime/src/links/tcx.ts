import { attachTypes } from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import type { Attach } from "./attach.js";
import { createLink } from "./create.js";
import { interfaceOf } from "./interface.js";

/** tc by BPF link. Linux 6.6. The direction is the section's: `tcx/ingress`, `tcx/egress`. */
export const attachTcx: Attach = (program, options) => {
  const direction = program.spec.expectedAttachType;
  if (direction !== "tcx_ingress" && direction !== "tcx_egress")
    throw new UsageError(
      "unsupported",
      `${program.label}: section "${program.spec.section}" does not say a direction; write "tcx/ingress" or "tcx/egress"`,
    );
  return createLink(
    {
      prog_fd: program.fd,
      target_ifindex: interfaceOf(program, options),
      attach_type: attachTypes[direction],
    },
    `${program.spec.section} on ${options.iface ?? `interface ${options.ifindex}`} (${program.label})`,
    "6.6",
  );
};
