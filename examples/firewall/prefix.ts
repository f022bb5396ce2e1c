import { isIP } from "node:net";

/** A network prefix: the address's bytes in network order, and how many bits of it count. */
export interface Prefix {
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Reads `192.0.2.0/24`, `2001:db8::/32`, or a single address. @throws RangeError saying what is wrong */
export function parsePrefix(text: string): Prefix {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0)
    throw new RangeError(`'${text}' is not an address or a prefix such as 192.0.2.0/24 or 2001:db8::/32`);
  const most = version === 4 ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || length > most))
    throw new RangeError(`'${text}': a prefix of IPv${version} has 0 to ${most} bits`);
  return { bytes: version === 4 ? ipv4(address) : ipv6(address), length };
}

const ipv4 = (address: string): Uint8Array => Uint8Array.from(address.split(".").map(Number));

/** `::` stands for the zeros that are missing; the last 32 bits may be written as IPv4 (RFC 4291, section 2.2). */
function ipv6(address: string): Uint8Array {
  const groups = (part: string): number[] =>
    part === ""
      ? []
      : part.split(":").flatMap((group) => {
          if (!group.includes(".")) return [Number.parseInt(group, 16)];
          const [a = 0, b = 0, c = 0, d = 0] = ipv4(group);
          return [(a << 8) | b, (c << 8) | d];
        });
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
