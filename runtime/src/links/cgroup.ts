import { closeSync, openSync } from "node:fs";
import { attachTypes } from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import type { Attach } from "./attach.js";
import { createLink } from "./create.js";

/** A cgroup program on a cgroup (version 2) and all below it. Linux 5.7. */
export const attachCgroup: Attach = (program, { cgroup }) => {
  if (cgroup === undefined)
    throw new UsageError(
      "target-missing",
      `${program.label} attaches to a cgroup: attach({ cgroup: "/sys/fs/cgroup/…" })`,
    );
  const type = program.spec.expectedAttachType;
  if (type === null)
    throw new UsageError(
      "unsupported",
      `${program.label}: section "${program.spec.section}" does not say a cgroup hook`,
    );
  const fd = openSync(cgroup, "r");
  try {
    return createLink(
      { prog_fd: program.fd, target_fd: fd, attach_type: attachTypes[type] },
      `${program.spec.section} on ${cgroup} (${program.label})`,
      "5.7",
    );
  } finally {
    closeSync(fd);
  }
};
