import { attachTypes } from "@tsbpfc/loader";
import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Answer, Feature } from "./feature.js";

/**
 * Asks for a link of a program that is not there: a kernel that knows the command looks for the program first and
 * says EBADF; one that does not says EINVAL (kernel: `link_create`).
 */
function linkCommand(values: FieldValues<"linkCreate">): Answer {
  const attr = new Struct("linkCreate", { ...values, prog_fd: -1 });
  const result = bpf(kernel(), "BPF_LINK_CREATE", attr.bytes);
  if (result === -errno.EBADF) return "yes";
  return result === -errno.EINVAL ? "no" : "unknown";
}

/** BPF links at all. */
export const bpfLinks: Feature = {
  name: "BPF links",
  since: "5.7",
  probe: () => linkCommand({ attach_type: attachTypes.cgroup_inet_ingress }),
};
