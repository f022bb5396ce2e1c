// Packet headers, with the kernel's field names. Bit-fields are in the order of little-endian machines.
import { align } from "./decorators.js";
import type { array, be16, be32, bits, u8, u16 } from "./types.js";

/** `struct ethhdr`, 14 bytes: Ethernet. */
export class EthHdr {
  h_dest: array<u8, 6>;
  h_source: array<u8, 6>;
  /** ETH_P_*. */
  h_proto: be16;
}

/** `struct vlan_hdr`, 4 bytes: what follows an Ethernet header whose protocol is ETH_P_8021Q or ETH_P_8021AD. */
export class VlanHdr {
  h_vlan_TCI: be16;
  h_vlan_encapsulated_proto: be16;
}

/** `struct arphdr`, 8 bytes: the fixed part of ARP. */
export class ArpHdr {
  ar_hrd: be16;
  ar_pro: be16;
  ar_hln: u8;
  ar_pln: u8;
  ar_op: be16;
}

/** `struct iphdr`, 20 bytes: IPv4 without options; the whole header has `ihl * 4` bytes. */
export class IpHdr {
  ihl: bits<u8, 4>;
  version: bits<u8, 4>;
  tos: u8;
  tot_len: be16;
  id: be16;
  frag_off: be16;
  ttl: u8;
  /** IPPROTO_*. */
  protocol: u8;
  check: be16;
  saddr: be32;
  daddr: be32;
}

/** `struct ipv6hdr`, 40 bytes. Its addresses are aligned as four 32-bit words. */
@align(4)
export class Ipv6Hdr {
  priority: bits<u8, 4>;
  version: bits<u8, 4>;
  flow_lbl: array<u8, 3>;
  payload_len: be16;
  /** IPPROTO_*, or the first extension header. */
  nexthdr: u8;
  hop_limit: u8;
  saddr: array<u8, 16>;
  daddr: array<u8, 16>;
}

/** `struct tcphdr`, 20 bytes without options; the whole header has `doff * 4` bytes. */
export class TcpHdr {
  source: be16;
  dest: be16;
  seq: be32;
  ack_seq: be32;
  ae: bits<u16, 1>;
  res1: bits<u16, 3>;
  doff: bits<u16, 4>;
  fin: bits<u16, 1>;
  syn: bits<u16, 1>;
  rst: bits<u16, 1>;
  psh: bits<u16, 1>;
  ack: bits<u16, 1>;
  urg: bits<u16, 1>;
  ece: bits<u16, 1>;
  cwr: bits<u16, 1>;
  window: be16;
  check: be16;
  urg_ptr: be16;
}

/** `struct udphdr`, 8 bytes. */
export class UdpHdr {
  source: be16;
  dest: be16;
  /** Bytes, this header included. */
  len: be16;
  check: be16;
}

/** `struct icmphdr`, 8 bytes; the rest is `id` and `sequence` of an echo (the kernel's `un.echo`). */
export class IcmpHdr {
  type: u8;
  code: u8;
  checksum: be16;
  id: be16;
  sequence: be16;
}

/** `struct icmp6hdr`, 8 bytes; the rest is `identifier` and `sequence` of an echo (the kernel's `icmp6_dataun.u_echo`). */
export class Icmp6Hdr {
  icmp6_type: u8;
  icmp6_code: u8;
  icmp6_cksum: be16;
  identifier: be16;
  sequence: be16;
}
