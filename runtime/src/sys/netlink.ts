import { errno, SyscallError, UsageError } from "./errors.js";
import { kernel } from "./kernel.js";

/** include/uapi/linux/netlink.h and rtnetlink.h. */
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_ROUTE = 0;
const SOL_NETLINK = 270;
const NETLINK_EXT_ACK = 11;
const NLMSG_ERROR = 2;
const NLMSG_HEADER = 16;
const NLA_HEADER = 4;
const NLA_NESTED = 1 << 15;
const NLA_TYPE_MASK = 0x3fff;
const NLMSGERR_ATTR_MSG = 1;
/** Of an error's flags: the request is not repeated behind its header. */
const NLM_F_CAPPED = 0x100;
/** How often a read is tried again that a signal has interrupted. */
const MOST_TRIES = 5;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;

/** `NLM_F_*` bits of a request. */
export const netlinkFlags = { echo: 8, replace: 0x100, exclusive: 0x200, create: 0x400 } as const;

/** One attribute: a 32-bit number (negative ones too), a text with its NUL, bytes, or further attributes. */
export interface Attribute {
  readonly type: number;
  readonly value: number | string | Uint8Array | readonly Attribute[];
}

export interface Request {
  /** `RTM_*`. */
  readonly type: number;
  readonly flags: number;
  /** `struct ifinfomsg`, `struct tcmsg`. */
  readonly header: Uint8Array;
  readonly attributes: readonly Attribute[];
}

/** A message that came back: its type and its body, the family's header first. */
export interface Reply {
  readonly type: number;
  readonly body: Uint8Array;
}

const align = (bytes: number): number => (bytes + 3) & ~3;

/** Attributes as bytes, each padded to 4. */
export function encodeAttributes(attributes: readonly Attribute[]): Uint8Array {
  const parts = attributes.map(({ type, value }) => {
    const nested = Array.isArray(value);
    const body = bodyOf(value);
    const bytes = new Uint8Array(align(NLA_HEADER + body.length));
    const view = new DataView(bytes.buffer);
    view.setUint16(0, NLA_HEADER + body.length, true);
    view.setUint16(2, nested ? type | NLA_NESTED : type, true);
    bytes.set(body, NLA_HEADER);
    return bytes;
  });
  return new Uint8Array(Buffer.concat(parts));
}

function bodyOf(value: Attribute["value"]): Uint8Array {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return word(value);
  return value instanceof Uint8Array ? value : encodeAttributes(value);
}

const text = (value: string): Uint8Array => new TextEncoder().encode(`${value}\0`);
const word = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value | 0).buffer);

/**
 * Sends one request over a socket of its own, and reads until the kernel has acknowledged it: it answers before
 * `write` returns. What else it sent (an echo) is returned.
 *
 * @throws SyscallError with the kernel's own words, where it has some
 */
export function routeRequest(request: Request, label: string): readonly Reply[] {
  const k = kernel();
  const socket = k.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
  if (socket < 0) throw new SyscallError("socket(AF_NETLINK)", -socket, label);
  try {
    // Older kernels (before 4.12) have no words: that is no error.
    k.setsockopt(socket, SOL_NETLINK, NETLINK_EXT_ACK, 1);
    const sent = k.write(socket, message(request));
    if (sent < 0) throw new SyscallError("write(AF_NETLINK)", -sent, label);
    return replies(socket, label);
  } finally {
    k.close(socket);
  }
}

function message({ type, flags, header, attributes }: Request): Uint8Array {
  const body = encodeAttributes(attributes);
  const start = NLMSG_HEADER + align(header.length);
  const bytes = new Uint8Array(start + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags | NLM_F_REQUEST | NLM_F_ACK, true);
  view.setUint32(8, 1, true);
  bytes.set(header, NLMSG_HEADER);
  bytes.set(body, start);
  return bytes;
}

function replies(socket: number, label: string): Reply[] {
  const found: Reply[] = [];
  const bytes = new Uint8Array(16 * 1024);
  for (let interrupted = 0; ; ) {
    const count = kernel().read(socket, bytes);
    if (count === -errno.EINTR && ++interrupted < MOST_TRIES) continue;
    if (count < 0) throw new SyscallError("read(AF_NETLINK)", -count, label);
    // An answer has at least a header: what ends without one never says more.
    if (count === 0)
      throw new UsageError("bad-size", `${label}: the kernel's answer over netlink is cut off`);
    for (const reply of messages(bytes.slice(0, count), label)) {
      if (reply.type !== NLMSG_ERROR) {
        found.push(reply);
        continue;
      }
      const code = new DataView(reply.body.buffer, reply.body.byteOffset).getInt32(0, true);
      if (code === 0) return found;
      throw new SyscallError("netlink", -code, label, explanation(reply));
    }
  }
}

interface Framed extends Reply {
  readonly flags: number;
}

function* messages(bytes: Uint8Array, label: string): Generator<Framed> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + NLMSG_HEADER <= bytes.length) {
    const length = view.getUint32(at, true);
    if (length < NLMSG_HEADER || at + length > bytes.length)
      throw new UsageError("bad-size", `${label}: the kernel's answer over netlink is cut off`);
    const body = bytes.subarray(at + NLMSG_HEADER, at + length);
    yield { type: view.getUint16(at + 4, true), flags: view.getUint16(at + 6, true), body };
    at += align(length);
  }
}

/** What the kernel says about an error, in the attributes behind the request's header or the whole request. */
function explanation({ body, flags }: Framed): string {
  if (body.length < 4 + NLMSG_HEADER) return "";
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const start = 4 + ((flags & NLM_F_CAPPED) !== 0 ? NLMSG_HEADER : align(view.getUint32(4, true)));
  const words = decodeAttributes(body.subarray(start)).get(NLMSGERR_ATTR_MSG);
  return words ? `The kernel says: ${Buffer.from(words.subarray(0, -1)).toString("utf8")}.` : "";
}

/** Attributes of a message by their type, each as its bytes; ends at what is cut off. */
export function decodeAttributes(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<number, Uint8Array>();
  let at = 0;
  while (at + NLA_HEADER <= bytes.length) {
    const length = view.getUint16(at, true);
    if (length < NLA_HEADER || at + length > bytes.length) break;
    found.set(view.getUint16(at + 2, true) & NLA_TYPE_MASK, bytes.subarray(at + NLA_HEADER, at + length));
    at += align(length);
  }
  return found;
}
