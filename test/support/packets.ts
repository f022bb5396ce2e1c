/** Packets as bytes, from the inside out: `ethernet({}, ipv4({ source: "10.0.0.1" }, udp({}, payload)))`. */
export interface Layer {
  readonly bytes: Uint8Array;
  /** What the layer around calls it: an IP protocol number, or an EtherType. */
  readonly protocol: number;
}

const ETHERNET_TYPES = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100 } as const;
const IP_PROTOCOLS = { tcp: 6, udp: 17 } as const;

type Inside = Layer | Uint8Array;
const bytesOf = (inside: Inside): Uint8Array => (inside instanceof Uint8Array ? inside : inside.bytes);
const protocolOf = (inside: Inside, otherwise: number): number =>
  inside instanceof Uint8Array ? otherwise : inside.protocol;

/** A header with what follows it. `fill` writes the header, in network order. */
function layer(protocol: number, headerSize: number, inside: Inside, fill: (view: DataView) => void): Layer {
  const content = bytesOf(inside);
  const bytes = new Uint8Array(headerSize + content.length);
  bytes.set(content, headerSize);
  fill(new DataView(bytes.buffer));
  return { bytes, protocol };
}

/** Ethernet II. The type is that of what is inside, unless it is given. */
export function ethernet({ type }: { readonly type?: number }, inside: Inside): Uint8Array {
  return layer(0, 14, inside, (view) => {
    view.setUint16(0, 0x0200); // locally administered
    view.setUint16(6, 0x0200);
    view.setUint8(11, 1);
    view.setUint16(12, type ?? protocolOf(inside, 0));
  }).bytes;
}

/** A VLAN tag (802.1Q). */
export const vlan = ({ id = 1 }: { readonly id?: number }, inside: Inside): Layer =>
  layer(ETHERNET_TYPES.vlan, 4, inside, (view) => {
    view.setUint16(0, id);
    view.setUint16(2, protocolOf(inside, 0));
  });

export interface Addresses {
  readonly source?: string;
  readonly destination?: string;
}

/** IPv4 without options (RFC 791), with its checksum. */
export const ipv4 = (
  { source = "10.0.0.1", destination = "10.0.0.2", ttl = 64 }: Addresses & { readonly ttl?: number },
  inside: Inside = new Uint8Array(),
): Layer =>
  layer(ETHERNET_TYPES.ipv4, 20, inside, (view) => {
    view.setUint8(0, 0x45);
    view.setUint16(2, 20 + bytesOf(inside).length);
    view.setUint8(8, ttl);
    view.setUint8(9, protocolOf(inside, 255));
    for (const [at, address] of [[12, source] as const, [16, destination] as const])
      for (const [index, part] of address.split(".").entries()) view.setUint8(at + index, Number(part));
    view.setUint16(10, checksum(new Uint8Array(view.buffer, 0, 20)));
  });

/** IPv6 without extension headers (RFC 8200). Addresses are written in full or with one `::`. */
export const ipv6 = (
  { source = "fd00::1", destination = "fd00::2", ttl = 64 }: Addresses & { readonly ttl?: number },
  inside: Inside = new Uint8Array(),
): Layer =>
  layer(ETHERNET_TYPES.ipv6, 40, inside, (view) => {
    view.setUint8(0, 0x60);
    view.setUint16(4, bytesOf(inside).length);
    view.setUint8(6, protocolOf(inside, 59)); // 59: nothing follows
    view.setUint8(7, ttl);
    for (const [at, address] of [[8, source] as const, [24, destination] as const])
      for (const [index, group] of groups(address).entries()) view.setUint16(at + 2 * index, group);
  });

export interface Ports {
  readonly from?: number;
  readonly to?: number;
}

/** UDP (RFC 768), without a checksum, which IPv4 allows. */
export const udp = ({ from = 40_000, to = 7 }: Ports, payload: Uint8Array = new Uint8Array()): Layer =>
  layer(IP_PROTOCOLS.udp, 8, payload, (view) => {
    view.setUint16(0, from);
    view.setUint16(2, to);
    view.setUint16(4, 8 + payload.length);
  });

const TCP_FLAGS = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

/** TCP without options (RFC 9293). Its checksum is left zero: programs in test runs are the first to look. */
export const tcp = (
  {
    from = 40_000,
    to = 80,
    flags = ["syn"],
  }: Ports & { readonly flags?: readonly (keyof typeof TCP_FLAGS)[] },
  payload: Uint8Array = new Uint8Array(),
): Layer =>
  layer(IP_PROTOCOLS.tcp, 20, payload, (view) => {
    view.setUint16(0, from);
    view.setUint16(2, to);
    view.setUint8(12, 5 << 4);
    view.setUint8(
      13,
      flags.reduce((bits, flag) => bits | TCP_FLAGS[flag], 0),
    );
    view.setUint16(14, 0xffff);
  });

/** The Internet checksum (RFC 1071). */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function groups(address: string): readonly number[] {
  const parse = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [head = "", tail = ""] = address.split("::");
  const [before, after] = [parse(head), parse(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
