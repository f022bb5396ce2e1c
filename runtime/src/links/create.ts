import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { Link } from "./link.js";

/** BPF_LINK_CREATE. `since` names the kernel that such a link needs. @throws SyscallError */
export function createLink(
  values: FieldValues<"linkCreate">,
  label: string,
  since: string,
  companions: readonly number[] = [],
): Link {
  const result = bpf(kernel(), "BPF_LINK_CREATE", new Struct("linkCreate", values).bytes);
  if (result < 0)
    throw new SyscallError(
      "bpf(BPF_LINK_CREATE)",
      -result,
      label,
      // What a kernel says to a kind of link that it does not know; other errors have their own reasons.
      result === -errno.EINVAL ? `Such a link needs Linux ${since}.` : "",
    );
  return new Link(result, label, companions);
}
