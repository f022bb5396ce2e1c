// Flows by addresses and ports, through VLAN tags, IPv4 options and IPv6; a list of blocked prefixes.
import {
  program, map, SEC, type LruPerCpuHashMap, type RingBuf, type ArrayMap, type HashMap, type LpmTrie, type SkBuff, type XdpMd, XdpAction, TcAction,
  Packet, EthHdr, VlanHdr, IpHdr, Ipv6Hdr, TcpHdr, UdpHdr, type ptr, type array, u8, type u32, type u64, type i32, type be16,
  bpf_ktime_get_ns, htons, ntohs, copy, BPF_NOEXIST, ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q, ETH_P_8021AD, IPPROTO_TCP, IPPROTO_UDP,
} from "@tsbpfc/stdlib";

enum Direction { Ingress = 1, Egress }

class FlowKey { saddr: array<u8, 16>; daddr: array<u8, 16>; sport: be16 = 0; dport: be16 = 0; proto: u8 = 0; family: u8 = 0; }
class FlowStats { packets: u64 = 0; bytes: u64 = 0; first: u64 = 0; last: u64 = 0; flags: u8 = 0; direction: Direction = Direction.Ingress; }
class NewFlow { when: u64 = 0; key: FlowKey; ifindex: u32 = 0; direction: Direction = Direction.Ingress; }
class Prefix { prefixlen: u32 = 0; addr: array<u8, 4>; }

@program({ license: "GPL" })
export class Flow {
  @map({ maxEntries: 4096 }) flows: LruPerCpuHashMap<FlowKey, FlowStats>;
  @map({ maxEntries: 256 * 1024 }) fresh: RingBuf<NewFlow>;
  @map({ maxEntries: 1024 }) blocked: LpmTrie<Prefix, u64>;
  @map({ maxEntries: 256 }) protocols: ArrayMap<u64>;

  dropped: u64 = 0;
  lost: u64 = 0;

  private parse(packet: Packet, key: FlowKey): boolean {
    const eth = packet.read(EthHdr);
    if (!eth) return false;
    let proto = ntohs(eth.h_proto);
    for (let i = 0; i < 2; i++) {
      if (proto !== ETH_P_8021Q && proto !== ETH_P_8021AD) break;
      const vlan = packet.read(VlanHdr);
      if (!vlan) return false;
      proto = ntohs(vlan.h_vlan_encapsulated_proto);
    }
    if (proto === ETH_P_IP) {
      const ip = packet.read(IpHdr);
      if (!ip) return false;
      const { saddr, daddr, protocol } = ip;
      key.family = 4;
      key.proto = protocol;
      for (let i = 0; i < 4; i++) { key.saddr[i] = u8(saddr >> (8 * i)); key.daddr[i] = u8(daddr >> (8 * i)); }
      if (!packet.skip(ip.ihl * 4 - 20)) return false;
    } else if (proto === ETH_P_IPV6) {
      const ip = packet.read(Ipv6Hdr);
      if (!ip) return false;
      key.family = 6;
      key.proto = ip.nexthdr;
      copy(key.saddr, ip.saddr);
      copy(key.daddr, ip.daddr);
    } else return false;
    switch (key.proto) {
      case IPPROTO_TCP: {
        const tcp = packet.peek(TcpHdr);
        if (tcp) { key.sport = tcp.source; key.dport = tcp.dest; }
        break;
      }
      case IPPROTO_UDP: {
        const udp = packet.peek(UdpHdr);
        if (udp) [key.sport, key.dport] = [udp.source, udp.dest];
        break;
      }
      default:
    }
    return true;
  }

  private account(key: FlowKey, bytes: u32, ifindex: u32, direction: Direction): void {
    const now = bpf_ktime_get_ns();
    const perProto = this.protocols.lookup(key.proto);
    if (perProto) perProto.value += bytes;
    let stats = this.flows.lookup(key);
    if (!stats) {
      const value = new FlowStats();
      value.first = now;
      value.direction = direction;
      this.flows.update(key, value, BPF_NOEXIST);
      const event = this.fresh.reserve();
      if (event) {
        event.when = now; event.ifindex = ifindex; event.direction = direction;
        event.key = key;
        this.fresh.submit(event);
      } else this.lost++;
      stats = this.flows.lookup(key);
      if (!stats) return;
    }
    stats.packets++;
    stats.bytes += bytes;
    stats.last = now;
  }

  @SEC("xdp")
  guard(ctx: XdpMd): XdpAction {
    const packet = new Packet(ctx);
    const key = new FlowKey();
    if (!this.parse(packet, key)) return XdpAction.PASS;
    if (key.family === 4) {
      const prefix: Prefix = { prefixlen: 32, addr: [key.saddr[0], key.saddr[1], key.saddr[2], key.saddr[3]] };
      const hits = this.blocked.lookup(prefix);
      if (hits) { hits.value += 1; this.dropped += 1; return XdpAction.DROP; }
    }
    return XdpAction.PASS;
  }

  @SEC("tc")
  incoming(ctx: SkBuff): TcAction {
    const key = new FlowKey();
    if (this.parse(new Packet(ctx), key)) this.account(key, ctx.len, ctx.ifindex, Direction.Ingress);
    return TcAction.NEXT;
  }

  @SEC("tc")
  outgoing(ctx: SkBuff): TcAction {
    const key = new FlowKey();
    if (this.parse(new Packet(ctx), key)) this.account(key, ctx.len, ctx.ifindex, Direction.Egress);
    return TcAction.NEXT;
  }
}
