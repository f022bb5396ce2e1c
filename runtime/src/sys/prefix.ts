/** An IP network: its address in network order, and how many bits of it count. */
export interface Prefix {
  readonly address: Uint8Array;
  readonly length: number;
}

/** `10.1.0.0/16`, `fd00::/8`; an address alone has all of its bits. Null for other texts. */
export function parsePrefix(text: string): Prefix | null {
  // Loaded when it is needed: few programs have prefixes.
  const { isIPv4, isIPv6 } = process.getBuiltinModule("node:net");
  const [, host = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = isIPv4(host) ? Uint8Array.from(host.split("."), Number) : isIPv6(host) ? ipv6(host) : null;
  if (address === null) return null;
  const length = bits === undefined ? 8 * address.length : Number(bits);
  return length <= 8 * address.length ? { address, length } : null;
}

/** Of a text that `isIPv6` takes; null for addresses with a zone (`fe80::1%eth0`), which are no networks. */
function ipv6(text: string): Uint8Array | null {
  if (text.includes("%")) return null;
  const [before = [], after = []] = text.split("::").map(groups);
  const zeroes = Array<number>(8 - before.length - after.length).fill(0);
  return Uint8Array.from([...before, ...zeroes, ...after].flatMap((group) => [group >> 8, group & 255]));
}

/** 16-bit groups; the last may be an IPv4 address, which is two. */
function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
