import { attachTypes, mapTypes } from "@tsbpfc/loader";
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

/** The kernel's own: a struct_ops of a type that no kernel has. */
const ENOTSUPP = 524;
const BPF_F_LINK = 1 << 13;

/** Asks for a struct_ops map of a wrong type: looked at only when all else is right (`bpf_struct_ops_map_alloc_check`). */
function structOpsMap(flags: number): Answer {
  const attr = new Struct("mapCreate", {
    map_type: mapTypes.struct_ops,
    key_size: 4,
    value_size: 4,
    max_entries: 1,
    map_flags: flags,
    btf_vmlinux_value_type_id: 1,
  });
  const result = bpf(kernel(), "BPF_MAP_CREATE", attr.bytes);
  if (result === -ENOTSUPP || result === -errno.EBADF) return "yes";
  return result === -errno.EINVAL ? "no" : "unknown";
}

/** Structs of functions that the kernel calls. */
export const structOps: Feature = { name: "struct_ops", since: "5.6", probe: () => structOpsMap(0) };

/** The same, registered by a link. */
export const structOpsLinks: Feature = {
  name: "struct_ops links",
  since: "6.4",
  probe: () => structOpsMap(BPF_F_LINK),
};
