import { decodeAttributes, routeRequest } from "../sys/netlink.js";
import type { Attached } from "./attached.js";

/** include/uapi/linux/rtnetlink.h, if_link.h. */
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFINFOMSG = 16;
const IFLA_XDP = 43;
/** By mode: the attribute with the program's number, and the mode as `attach` asks for it (`XDP_FLAGS_*_MODE`). */
const modes = [
  { attribute: 5, flag: 1 << 2 }, // IFLA_XDP_DRV_PROG_ID
  { attribute: 6, flag: 1 << 1 }, // IFLA_XDP_SKB_PROG_ID
  { attribute: 7, flag: 1 << 3 }, // IFLA_XDP_HW_PROG_ID
] as const;

/** The XDP programs of an interface: one, or one of the driver's and one of the hardware's. Linux 4.19. @throws SyscallError */
export function attachedXdp(ifindex: number, label: string): Attached {
  const header = new Uint8Array(IFINFOMSG);
  new DataView(header.buffer).setInt32(4, ifindex, true);
  const replies = routeRequest({ type: RTM_GETLINK, flags: 0, header, attributes: [] }, label);
  const link = replies.find(({ type }) => type === RTM_NEWLINK);
  const xdp = link && decodeAttributes(link.body.subarray(IFINFOMSG)).get(IFLA_XDP);
  const told = xdp ? decodeAttributes(xdp) : new Map<number, Uint8Array>();
  const found = modes.flatMap(({ attribute, flag }) => {
    const id = told.get(attribute);
    return id && id.length >= 4
      ? [{ programId: new DataView(id.buffer, id.byteOffset).getUint32(0, true), flag }]
      : [];
  });
  return {
    programs: found.map(({ programId }) => ({ programId, linkId: null })),
    flags: found.reduce((flags, { flag }) => flags | flag, 0),
    revision: 0n,
  };
}
