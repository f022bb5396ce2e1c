// Hooks and maps that other tools do not have: NAT, sysctl, reuseport, CPU and XSK redirects, queues.
import {
  program, map, SEC, SkBuff, TcAction, CgroupSysctl, SkReuseport, ReuseportSockArray, UserRingBuf,
  BloomFilter, Queue, Tracepoint, XdpMd, XdpAction, CpuMap, XskMap, LpmTrie, array, u8, u16, u32, u64, i32,
  i64, str, addr, bpf_skb_store_bytes, bpf_l4_csum_replace, bpf_skb_load_bytes, bpf_sysctl_get_name, htons,
  ntohs,
} from "@tsbpfc/stdlib";
const TCP_DPORT = 36;
class V6 { prefixlen: u32; addr: array<u8, 16>; }
class Cmd { op: u32; arg: u64; }
@program({ license: "GPL" })
export class Odds {
  @map({ maxEntries: 16 }) v6: LpmTrie<V6, u32>;
  @map({ maxEntries: 100 }) seen: BloomFilter<u32>;
  @map({ maxEntries: 100 }) q: Queue<u64>;
  @map({ maxEntries: 4096 }) cmds: UserRingBuf<Cmd>;
  @map({ maxEntries: 4 }) cpus: CpuMap;
  @map({ maxEntries: 4 }) xsks: XskMap;
  @map({ maxEntries: 4 }) socks: ReuseportSockArray;
  total: u64 = 0; drained: i64 = 0; mode: u32 = 0;

  @SEC("tc")
  nat(ctx: SkBuff): i32 {
    let dport: u16 = 0;
    if (bpf_skb_load_bytes(ctx, TCP_DPORT, addr(dport)) < 0) return TcAction.OK;
    if (ntohs(dport) !== 80) return TcAction.OK;
    const to: u16 = htons(8080);
    bpf_l4_csum_replace(ctx, 50, dport, to, 2);
    bpf_skb_store_bytes(ctx, TCP_DPORT, addr(to), 0);
    return TcAction.OK;
  }
  @SEC("cgroup/sysctl")
  sysctl(ctx: CgroupSysctl): i32 {
    const name = new Name();
    const n = bpf_sysctl_get_name(ctx, name.text, 0);
    if (n < 0) return 1;
    if (name.text === "net/ipv4/tcp_mem" && ctx.write) return 0;
    return 1;
  }
  @SEC("sk_reuseport")
  pick(ctx: SkReuseport): i32 {
    return this.socks.select(ctx, ctx.hash % 4, 0) === 0 ? 1 : 0;
  }
  @SEC("xdp")
  steer(ctx: XdpMd): XdpAction {
    if (this.mode === 1) return this.cpus.redirect(ctx.rx_queue_index & 3, 0);
    if (this.mode === 2) return this.xsks.redirect(ctx.rx_queue_index, XdpAction.PASS);
    return XdpAction.PASS;
  }
  @SEC("tp/syscalls/sys_enter_getpgid")
  drain(ctx: Tracepoint<"syscalls/sys_enter_getpgid">): i32 {
    this.drained = this.cmds.drain((cmd) => { this.total += cmd.arg; return true; });
    let head: u64 = 0;
    for (let i = 0; i < 8 && this.q.pop(head) === 0; i++) this.total += head;
    if (this.seen.peek(3) === 0) this.total += 1;
    this.seen.push(4);
    return 0;
  }
}
class Name { text: str<64>; }
