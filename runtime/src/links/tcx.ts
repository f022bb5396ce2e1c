import { attachTypes } from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import type { Attach } from "./attach.js";
import { createLink } from "./create.js";
import { interfaceOf } from "./interface.js";

const directions = { ingress: "tcx_ingress", egress: "tcx_egress" } as const;

/** tc by BPF link. Linux 6.6. The direction is the section's (`tcx/ingress`, `tc/egress`), else the options'. */
export const attachTcx: Attach = (program, options) => {
  const declared = program.spec.expectedAttachType;
  const direction = declared ?? (options.direction ? directions[options.direction] : null);
  if (direction !== "tcx_ingress" && direction !== "tcx_egress")
    throw new UsageError(
      "target-missing",
      `${program.label}: section "${program.spec.section}" does not say a direction; write "tcx/ingress" or "tcx/egress", or attach({ iface, direction: "ingress" })`,
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
