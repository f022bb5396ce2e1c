import { closeSync } from "node:fs";
import { type AttachType, attachTypes } from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import type { Attach } from "./attach.js";
import { createLink } from "./create.js";
import { openTarget } from "./open-target.js";

/** Hooks of a network namespace, and the kernel whose links attach there. */
const since: Partial<Record<AttachType, string>> = { sk_lookup: "5.9", flow_dissector: "5.8" };

/** A program of a network namespace: socket lookup, flow dissector. */
export const attachNetns: Attach = (program, { netns }) => {
  if (netns === undefined)
    throw new UsageError(
      "target-missing",
      `${program.label} attaches to a network namespace: attach({ netns: "/proc/self/ns/net" })`,
    );
  const type = program.hook.expectedAttachType;
  const release = type === null ? undefined : since[type];
  if (type === null || release === undefined)
    throw new UsageError(
      "unsupported",
      `${program.label}: section "${program.hook.section}" is not a hook of a network namespace`,
    );
  const fd = openTarget(netns, program.label);
  try {
    return createLink(
      { prog_fd: program.fd, target_fd: fd, attach_type: attachTypes[type] },
      `${program.hook.section} in ${netns} (${program.label})`,
      { since: release },
    );
  } finally {
    closeSync(fd);
  }
};
