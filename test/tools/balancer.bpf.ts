// Counts flows of IPv4 and IPv6 through VLANs, drops by prefix, and redirects a port: XDP.
import {
  program, map, SEC, LpmTrie, DevMap, PerCpuHashMap, XdpMd, XdpAction, EthHdr, IpHdr, Ipv6Hdr, TcpHdr,
  UdpHdr, VlanHdr, u8, u32, u64, be16, be32, array, htons, ntohs, copy, Packet,
} from "@tsbpfc/stdlib";

const ETH_P_IP = 0x0800, ETH_P_IPV6 = 0x86dd, ETH_P_8021Q = 0x8100;
class Flow { saddr: array<u8, 16>; daddr: array<u8, 16>; sport: be16; dport: be16; proto: u8; }
class Stats { packets: u64; bytes: u64; }
class Prefix { prefixlen: u32; addr: be32; }

@program({ license: "GPL" })
export class Balancer {
  @map({ maxEntries: 65536 }) flows: PerCpuHashMap<Flow, Stats>;
  @map({ maxEntries: 1024 }) blocked: LpmTrie<Prefix, u32>;
  @map({ maxEntries: 64 }) ports: DevMap;

  @SEC("xdp")
  main(ctx: XdpMd): XdpAction {
    const pkt = new Packet(ctx);
    const eth = pkt.read(EthHdr);
    if (!eth) return XdpAction.PASS;
    let proto = ntohs(eth.h_proto);
    for (let i = 0; i < 2; i++) {
      if (proto !== ETH_P_8021Q) break;
      const vlan = pkt.read(VlanHdr);
      if (!vlan) return XdpAction.DROP;
      proto = ntohs(vlan.h_vlan_encapsulated_proto);
    }
    const flow = new Flow();
    if (proto === ETH_P_IP) {
      const ip = pkt.peek(IpHdr);
      if (!ip || ip.ihl < 5) return XdpAction.DROP;
      const key: Prefix = { prefixlen: 32, addr: ip.saddr };
      if (this.blocked.lookup(key)) return XdpAction.DROP;
      flow.proto = ip.protocol;
      pkt.skip(ip.ihl * 4);
    } else if (proto === ETH_P_IPV6) {
      const ip6 = pkt.read(Ipv6Hdr);
      if (!ip6) return XdpAction.DROP;
      copy(flow.saddr, ip6.saddr);
      copy(flow.daddr, ip6.daddr);
      flow.proto = ip6.nexthdr;
    } else return XdpAction.PASS;
    switch (flow.proto) {
      case 6: {
        const tcp = pkt.read(TcpHdr);
        if (!tcp) return XdpAction.DROP;
        flow.sport = tcp.source; flow.dport = tcp.dest;
        break;
      }
      case 17: {
        const udp = pkt.read(UdpHdr);
        if (!udp) return XdpAction.DROP;
        flow.sport = udp.source; flow.dport = udp.dest;
        break;
      }
      default: return XdpAction.PASS;
    }
    const s = this.flows.lookupOrInit(flow, new Stats());
    if (s) { s.packets++; s.bytes += ctx.data_end - ctx.data; }
    if (flow.dport === htons(9999)) return this.ports.redirect(0, XdpAction.ABORTED);
    return XdpAction.PASS;
  }
}
