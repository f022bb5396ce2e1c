import { closeSync } from "node:fs";
import { attachTypes } from "@tsbpfc/loader";
import { bpfLinks } from "../features/links.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { tooOld } from "../sys/release.js";
import { anchorAdvice, anchorValues, isPlaced } from "./anchor.js";
import type { Attach } from "./attach.js";
import { createLink } from "./create.js";
import { openTarget } from "./open-target.js";
import { progAttach } from "./prog-attach.js";

const BPF_F_ALLOW_MULTI = 2;

/**
 * A cgroup program on a cgroup (version 2) and all below it: by BPF link (Linux 5.7), or on older kernels by attaching
 * beside others (4.15), which stays until it is closed.
 */
export const attachCgroup: Attach = (program, options) => {
  const { cgroup } = options;
  if (cgroup === undefined)
    throw new UsageError(
      "target-missing",
      `${program.label} attaches to a cgroup: attach({ cgroup: "/sys/fs/cgroup/…" })`,
    );
  const type = program.hook.expectedAttachType;
  if (type === null)
    throw new UsageError(
      "unsupported",
      `${program.label}: section "${program.hook.section}" does not say a cgroup hook`,
    );
  const fd = openTarget(cgroup, program.label);
  const close = (): void => closeSync(fd);
  const label = `${program.hook.section} on ${cgroup} (${program.label})`;
  const { flags, relative, revision } = anchorValues(options);
  try {
    const link = createLink(
      {
        prog_fd: program.fd,
        target_fd: fd,
        attach_type: attachTypes[type],
        flags,
        "cgroup.relative_fd": relative,
        "cgroup.expected_revision": revision,
      },
      label,
      {
        since: isPlaced(options) ? "6.17" : "5.7",
        // Kernel: `get_prog_list` in kernel/bpf/cgroup.c.
        otherwise: isPlaced(options) ? "Links of a cgroup stand beside other links, not programs." : "",
        advice: anchorAdvice,
      },
    );
    close();
    return link;
  } catch (error) {
    const isOld = error instanceof SyscallError && error.errno === errno.EINVAL && bpfLinks.probe() === "no";
    if (!isOld || isPlaced(options)) {
      close();
      throw error;
    }
  }
  try {
    const why = "this kernel attaches to cgroups without a BPF link (Linux 5.7)";
    const hint = tooOld("To attach beside other programs", "4.15");
    return progAttach(program, {
      targetFd: fd,
      type,
      flags: BPF_F_ALLOW_MULTI,
      label,
      why,
      hint,
      done: close,
    });
  } catch (error) {
    close();
    throw error;
  }
};
