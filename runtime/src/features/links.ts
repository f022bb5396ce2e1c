import { type AttachType, attachTypes, mapTypes, type ProgramType, programTypes } from "@tsbpfc/loader";
import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { returnZero, tryLoad } from "./try-load.js";

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

/** A program of a kind that can be attached so, and a link of it to what cannot be: what the kernel then says. */
function linkTo(
  type: ProgramType,
  attach: AttachType,
  values: FieldValues<"linkCreate">,
  known: number,
): Answer {
  const k = kernel();
  const fd = tryLoad(returnZero, {
    prog_type: programTypes[type],
    expected_attach_type: attachTypes[attach],
  });
  if (fd < 0) return answerOf(fd, new Set([errno.EINVAL]));
  const attr = new Struct("linkCreate", { ...values, prog_fd: fd, attach_type: attachTypes[attach] });
  const result = bpf(k, "BPF_LINK_CREATE", attr.bytes);
  k.close(fd);
  if (result === -known) return "yes";
  return result === -errno.EINVAL ? "no" : "unknown";
}

/** An index that no interface has. */
const NO_INTERFACE = 0x7fff_ffff;

/** Programs of a netkit pair. With CONFIG_NETKIT. */
export const netkitLinks: Feature = {
  name: "netkit links",
  since: "6.7",
  probe: () => linkTo("sched_cls", "netkit_primary", { target_ifindex: NO_INTERFACE }, errno.ENODEV),
};

/** `XDP_FLAGS_DRV_MODE`, include/uapi/linux/if_link.h. */
const DRIVER_MODE = 4;
const LOOPBACK = 1;

/** XDP by link; before, by netlink. Asked of the loopback's driver, which has no XDP of its own. */
export const xdpLinks: Feature = {
  name: "XDP links",
  since: "5.9",
  probe: () => linkTo("xdp", "xdp", { target_ifindex: LOOPBACK, flags: DRIVER_MODE }, errno.EOPNOTSUPP),
};

/** Programs of a netfilter hook. With CONFIG_NETFILTER_BPF_LINK. */
export const netfilterLinks: Feature = {
  name: "netfilter links",
  since: "6.4",
  probe: () => {
    const fd = tryLoad(returnZero, {
      prog_type: programTypes.netfilter,
      expected_attach_type: attachTypes.netfilter,
    });
    if (fd >= 0) kernel().close(fd);
    return answerOf(fd, new Set([errno.EINVAL]));
  },
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
