// Packet headers with the kernel's field names. Fields of several bytes are in network order.
import { align } from "./decorators.js";
import type { array, be16, be32, bits, u8 } from "./types.js";

/** `struct ethhdr`, include/uapi/linux/if_ether.h. */
export class EthHdr {
  h_dest: array<u8, 6>;
  h_source: array<u8, 6>;
  h_proto: be16;
}

/** What follows the addresses of a tagged frame: `struct vlan_hdr`, include/linux/if_vlan.h. */
export class VlanHdr {
  h_vlan_TCI: be16;
  h_vlan_encapsulated_proto: be16;
}

/** `struct iphdr`, include/uapi/linux/ip.h; options follow where ihl is over 5. */
export class IpHdr {
  /** Header length in 32-bit words. */
  ihl: bits<u8, 4>;
  version: bits<u8, 4>;
  tos: u8;
  tot_len: be16;
  id: be16;
  frag_off: be16;
  ttl: u8;
  protocol: u8;
  check: be16;
  saddr: be32;
  daddr: be32;
}

/** `struct ipv6hdr`, include/uapi/linux/ipv6.h. */
@align(4)
export class Ipv6Hdr {
  priority: bits<u8, 4>;
  version: bits<u8, 4>;
  flow_lbl: array<u8, 3>;
  payload_len: be16;
  nexthdr: u8;
  hop_limit: u8;
  saddr: array<u8, 16>;
  daddr: array<u8, 16>;
}

/** `struct tcphdr`, include/uapi/linux/tcp.h. */
export class TcpHdr {
  source: be16;
  dest: be16;
  seq: be32;
  ack_seq: be32;
  res1: bits<u8, 4>;
  /** Header length in 32-bit words. */
  doff: bits<u8, 4>;
  fin: bits<u8, 1>;
  syn: bits<u8, 1>;
  rst: bits<u8, 1>;
  psh: bits<u8, 1>;
  ack: bits<u8, 1>;
  urg: bits<u8, 1>;
  ece: bits<u8, 1>;
  cwr: bits<u8, 1>;
  window: be16;
  check: be16;
  urg_ptr: be16;
}

/** `struct udphdr`, include/uapi/linux/udp.h. */
export class UdpHdr {
  source: be16;
  dest: be16;
  len: be16;
  check: be16;
}

/** `struct icmphdr`, include/uapi/linux/icmp.h. */
export class IcmpHdr {
  type: u8;
  code: u8;
  checksum: be16;
  rest: be32;
}
