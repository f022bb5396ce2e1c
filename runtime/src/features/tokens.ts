import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Feature } from "./feature.js";

/** Tokens of a BPF file system, asked for of one that is not there. Linux 6.9. */
export const tokens: Feature = {
  name: "BPF tokens",
  since: "6.9",
  probe: () => {
    const result = bpf(kernel(), "BPF_TOKEN_CREATE", new Struct("tokenCreate", { bpffs_fd: -1 }).bytes);
    if (result >= 0) kernel().close(result);
    if (result >= 0 || result === -errno.EBADF) return "yes";
    return result === -errno.EINVAL || result === -errno.E2BIG ? "no" : "unknown";
  },
};
