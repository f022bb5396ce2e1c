import { attachTypes } from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import type { Attach } from "./attach.js";
import { createLink } from "./create.js";

/** `NFPROTO_*`, include/uapi/linux/netfilter.h. */
const families = { ipv4: 2, ipv6: 10 } as const;
/** `enum nf_inet_hooks`. */
const hooks = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;
const BPF_F_NETFILTER_IP_DEFRAG = 1;
/** The kernel keeps the ends of the range to itself (`bpf_nf_check_pf_and_hooks`). */
const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

/** Where in netfilter a program stands. */
export interface NetfilterHook {
  readonly family: keyof typeof families;
  readonly hook: keyof typeof hooks;
  /** Lower runs earlier; one program for each. 0 is that of filter tables. */
  readonly priority?: number;
  /** The program sees whole datagrams; its priority must be above -400. Linux 6.6. */
  readonly defragment?: boolean;
}

/** `netfilter`, `attach({ netfilter: { family, hook } })`: in this process's network namespace. Linux 6.4. */
export const attachNetfilter: Attach = (program, { netfilter }) => {
  if (netfilter === undefined)
    throw new UsageError(
      "target-missing",
      `${program.label} is a netfilter hook: attach({ netfilter: { family: "ipv4", hook: "input" } })`,
    );
  const { family, hook, priority = 0, defragment = false } = netfilter;
  if (!Number.isInteger(priority) || priority <= INT_MIN || priority >= INT_MAX)
    throw new UsageError(
      "bad-value",
      `${program.label}: priority ${priority} is not between the ends of an int`,
    );
  return createLink(
    {
      prog_fd: program.fd,
      attach_type: attachTypes.netfilter,
      "netfilter.pf": families[family],
      "netfilter.hooknum": hooks[hook],
      "netfilter.priority": priority,
      "netfilter.flags": defragment ? BPF_F_NETFILTER_IP_DEFRAG : 0,
    },
    `netfilter ${family} ${hook} (${program.label})`,
    { since: defragment ? "6.6" : "6.4", otherwise: "It needs CONFIG_NETFILTER_BPF_LINK." },
  );
};
