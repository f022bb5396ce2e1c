import { errno, SyscallError } from "../sys/errors.js";
import { type Attribute, netlinkFlags, type Reply, routeRequest } from "../sys/netlink.js";
import { DetachableLink } from "./detachable.js";
import type { HookedProgram } from "./hook.js";

/** include/uapi/linux/rtnetlink.h, pkt_sched.h and pkt_cls.h. */
const RTM_NEWQDISC = 36;
const RTM_NEWTFILTER = 44;
const RTM_DELTFILTER = 45;
const TC_H_CLSACT = 0xffff_fff1;
const CLSACT_HANDLE = 0xffff_0000;
const parents = { ingress: 0xffff_fff2, egress: 0xffff_fff3 } as const;
const TCA_KIND = 1;
const TCA_OPTIONS = 2;
const TCA_BPF_FD = 6;
const TCA_BPF_NAME = 7;
const TCA_BPF_FLAGS = 8;
const TCA_BPF_FLAG_ACT_DIRECT = 1;
/** `htons(ETH_P_ALL)` on a little-endian machine. */
const ALL_PROTOCOLS = 0x0300;
const TCMSG = 20;

export type Direction = keyof typeof parents;

/** A filter, by what the kernel tells it from others. */
interface Filter {
  readonly handle: number;
  readonly priority: number;
}

interface Place {
  readonly ifindex: number;
  readonly direction: Direction;
  /** Lower runs earlier; the kernel takes the next free one if it is 0. */
  readonly priority: number;
  readonly label: string;
}

/**
 * A tc program in direct action mode, as a filter of the interface's `clsact` qdisc, which is made if it is not there
 * and left when the filter goes: others' filters may be in it by then. Linux 4.5.
 *
 * @throws SyscallError
 */
export function attachFilter(program: HookedProgram, place: Place): DetachableLink {
  makeQdisc(place);
  const { create, exclusive, echo } = netlinkFlags;
  const first = { handle: 0, priority: place.priority };
  const replies = setFilter(program, place, first, create | exclusive | echo);
  const filter = filterOf(replies, first);
  return new DetachableLink(
    place.label,
    "it is a filter of a clsact qdisc; tcx (Linux 6.6) has BPF links",
    () => request(RTM_DELTFILTER, 0, place, filter, [{ type: TCA_KIND, value: "bpf" }]),
    (replacement) => setFilter(replacement, place, filter, create | netlinkFlags.replace),
  );
}

function makeQdisc({ ifindex, label }: Place): void {
  const header = tcmsg(ifindex, CLSACT_HANDLE, TC_H_CLSACT, 0);
  const attributes = [{ type: TCA_KIND, value: "clsact" }];
  try {
    routeRequest(
      {
        type: RTM_NEWQDISC,
        flags: netlinkFlags.create | netlinkFlags.exclusive,
        header,
        attributes,
      },
      label,
    );
  } catch (error) {
    if (!(error instanceof SyscallError) || error.errno !== errno.EEXIST) throw error;
  }
}

function setFilter(
  program: { readonly fd: number },
  place: Place,
  filter: Filter,
  flags: number,
): readonly Reply[] {
  return request(RTM_NEWTFILTER, flags, place, filter, [
    { type: TCA_KIND, value: "bpf" },
    {
      type: TCA_OPTIONS,
      value: [
        { type: TCA_BPF_FD, value: program.fd },
        { type: TCA_BPF_NAME, value: place.label },
        { type: TCA_BPF_FLAGS, value: TCA_BPF_FLAG_ACT_DIRECT },
      ],
    },
  ]);
}

function request(
  type: number,
  flags: number,
  { ifindex, direction, label }: Place,
  { handle, priority }: Filter,
  attributes: readonly Attribute[],
): readonly Reply[] {
  const header = tcmsg(ifindex, handle, parents[direction], (priority << 16) | ALL_PROTOCOLS);
  return routeRequest({ type, flags, header, attributes }, label);
}

/** `struct tcmsg`. */
function tcmsg(ifindex: number, handle: number, parent: number, info: number): Uint8Array {
  const bytes = new Uint8Array(TCMSG);
  const view = new DataView(bytes.buffer);
  view.setInt32(4, ifindex, true);
  view.setUint32(8, handle, true);
  view.setUint32(12, parent, true);
  view.setUint32(16, info >>> 0, true);
  return bytes;
}

/** The kernel echoes the filter that it made, with the handle and priority that it chose. */
function filterOf(replies: readonly Reply[], asked: Filter): Filter {
  const echo = replies.find(({ type, body }) => type === RTM_NEWTFILTER && body.length >= TCMSG);
  if (!echo) return asked;
  const view = new DataView(echo.body.buffer, echo.body.byteOffset, echo.body.byteLength);
  return { handle: view.getUint32(8, true), priority: view.getUint32(16, true) >>> 16 };
}
