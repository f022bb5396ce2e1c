import type { ProgramType } from "@tsbpfc/loader";
import { programInfo } from "../programs/details.js";

import { UsageError } from "../sys/errors.js";
import { type Attribute, netlinkFlags, routeRequest } from "../sys/netlink.js";
import { type Prefix, parsePrefix } from "../sys/prefix.js";
import type { Attach } from "./attach.js";
import { DetachableLink } from "./detachable.js";
import { interfaceOf } from "./interface.js";

/** include/uapi/linux/rtnetlink.h. */
const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const RTMSG = 12;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_ENCAP_TYPE = 21;
const RTA_ENCAP = 22;
const AF_INET = 2;
const AF_INET6 = 10;
const RT_TABLE_MAIN = 254;
const RTPROT_STATIC = 4;
const RT_SCOPE_UNIVERSE = 0;
const RT_SCOPE_LINK = 253;
const RTN_UNICAST = 1;
/** include/uapi/linux/lwtunnel.h, seg6_local.h. */
const LWTUNNEL_ENCAP_SEG6_LOCAL = 7;
const LWTUNNEL_ENCAP_BPF = 6;
const SEG6_LOCAL_ACTION = 1;
const SEG6_LOCAL_ACTION_END_BPF = 15;
const SEG6_LOCAL_BPF = 8;
const FD = 1;
const NAME = 2;

interface Encapsulation {
  readonly type: number;
  readonly attributes: (program: readonly Attribute[]) => readonly Attribute[];
}

/** A hook of the BPF tunnel: `LWT_BPF_IN`, `_OUT`, `_XMIT`. */
const hook = (type: number): Encapsulation => ({
  type: LWTUNNEL_ENCAP_BPF,
  attributes: (program) => [{ type, value: program }],
});

/** By program type: how a route names such a program. */
const encapsulations: Partial<Record<ProgramType, Encapsulation>> = {
  lwt_in: hook(1),
  lwt_out: hook(2),
  lwt_xmit: hook(3),
  lwt_seg6local: {
    type: LWTUNNEL_ENCAP_SEG6_LOCAL,
    attributes: (program) => [
      { type: SEG6_LOCAL_ACTION, value: SEG6_LOCAL_ACTION_END_BPF },
      { type: SEG6_LOCAL_BPF, value: program },
    ],
  },
};

/**
 * `lwt_in`, `lwt_out`, `lwt_xmit` (Linux 4.10, CONFIG_LWTUNNEL_BPF) and `lwt_seg6local` (4.18, CONFIG_IPV6_SEG6_BPF,
 * IPv6 only): a route of this process's network namespace, in the main table, whose packets the program sees. It is
 * made, and refused with EEXIST if there is one; it stays until it is closed.
 *
 * @throws UsageError `target-missing`, `bad-value`; SyscallError
 */
export const attachLwt: Attach = (program, options) => {
  const encapsulation = encapsulations[program.hook.type];
  if (options.route === undefined || !encapsulation)
    throw new UsageError(
      "target-missing",
      `${program.label} is part of a route: attach({ route: "10.1.0.0/16", iface: "eth0" })`,
    );
  const prefix = parsePrefix(options.route);
  if (prefix === null)
    throw new UsageError("bad-value", `${program.label}: '${options.route}' is not a network, "10.1.0.0/16"`);
  const ifindex = interfaceOf(program.label, options);
  const label = `${program.hook.type} on the route to ${options.route} (${program.label})`;
  const set = (flags: number, next: { readonly fd: number }): void => {
    // The kernel takes two programs of one name for the same, and replaces nothing (`bpf_lwt_prog_cmp`).
    const { id } = programInfo(next.fd, label);
    const encap = encapsulation.attributes([
      { type: FD, value: next.fd },
      { type: NAME, value: `program ${id}` },
    ]);
    change(RTM_NEWROUTE, flags | netlinkFlags.create, prefix, label, [
      { type: RTA_OIF, value: ifindex },
      { type: RTA_ENCAP_TYPE, value: new Uint8Array(Uint16Array.of(encapsulation.type).buffer) },
      { type: RTA_ENCAP, value: encap },
    ]);
  };
  set(netlinkFlags.exclusive, program);
  return new DetachableLink(
    label,
    "it is a route, which has no BPF links",
    () => change(RTM_DELROUTE, 0, prefix, label, [{ type: RTA_OIF, value: ifindex }]),
    (replacement: { readonly fd: number }) => set(netlinkFlags.replace, replacement),
  );
};

function change(
  type: number,
  flags: number,
  { address, length }: Prefix,
  label: string,
  attributes: readonly Attribute[],
): void {
  const v4 = address.length === 4;
  // struct rtmsg: family, bits of the destination and source, type of service, table, protocol, scope, type, flags.
  const header = new Uint8Array(RTMSG);
  header.set([v4 ? AF_INET : AF_INET6, length, 0, 0, RT_TABLE_MAIN, RTPROT_STATIC]);
  header.set([v4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE, RTN_UNICAST], 6);
  routeRequest(
    { type, flags, header, attributes: [{ type: RTA_DST, value: address }, ...attributes] },
    label,
  );
}
