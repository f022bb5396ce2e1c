// A TCP connection's life: a tracepoint that is no system call, and the socket behind it.
import {
  program, map, SEC, HashMap, PerfEventArray, Tracepoint, i32, u8, u16, u32, u64, str, array, copy, cast,
  union, bpf_get_current_pid_tgid, bpf_get_current_comm, bpf_ktime_get_ns, BPF_F_CURRENT_CPU,
} from "@tsbpfc/stdlib";
import type { sock, tcp_sock } from "./vmlinux";

const AF_INET = 2, AF_INET6 = 10;
enum TcpState { Established = 1, SynSent, SynRecv, FinWait1, FinWait2, TimeWait, Close, CloseWait, LastAck, Listen, Closing, NewSynRecv }
@union class Addr { v4: u32; v6: array<u8, 16>; }
class Ident { pid: u32; comm: str<16>; }
export class Event { saddr: Addr; daddr: Addr; tsUs: u64; spanUs: u64; rxB: u64; txB: u64; pid: u32; sport: u16; dport: u16; family: u16; comm: str<16>; }

@program({ license: "Dual BSD/GPL" })
export class TcpLife {
  readonly filterSport: boolean = false;
  readonly targetSports: array<u16, 64> = [];
  readonly targetFamily: u16 = 0;
  @map({ maxEntries: 8192 }) birth: HashMap<u64, u64>;
  @map({ maxEntries: 8192 }) idents: HashMap<u64, Ident>;
  @map() events: PerfEventArray<Event>;

  @SEC("tracepoint/sock/inet_sock_set_state")
  setState(args: Tracepoint<"sock/inet_sock_set_state">): i32 {
    const sk = cast<sock>(args.skaddr);
    if (args.protocol !== 6) return 0;
    if (this.targetFamily && args.family !== this.targetFamily) return 0;
    const key = u64(args.skaddr);
    if (this.filterSport) {
      let found = false;
      for (let i = 0; i < 64; i++) {
        if (!this.targetSports[i]) break;
        if (this.targetSports[i] === args.sport) { found = true; break; }
      }
      if (!found) return 0;
    }
    if (args.newstate < TcpState.FinWait1) this.birth.update(key, bpf_ktime_get_ns());
    if (args.newstate === TcpState.SynSent || args.newstate === TcpState.LastAck) {
      const ident: Ident = { pid: u32(bpf_get_current_pid_tgid() >> 32), comm: "" };
      bpf_get_current_comm(ident.comm);
      this.idents.update(key, ident);
    }
    if (args.newstate !== TcpState.Close) return 0;
    const start = this.birth.lookup(key);
    if (!start) { this.idents.delete(key); return 0; }
    const ts = bpf_ktime_get_ns();
    const e = new Event();
    e.spanUs = (ts - start.value) / 1000;
    this.birth.delete(key);
    const tp = cast<tcp_sock>(args.skaddr);
    e.rxB = tp.bytes_received;
    e.txB = tp.bytes_acked;
    e.tsUs = ts / 1000;
    e.sport = args.sport;
    e.dport = args.dport;
    e.family = args.family;
    if (args.family === AF_INET) {
      copy(e.saddr.v6, args.saddr_v6);
    } else {
      copy(e.saddr.v6, sk.__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
    }
    const ident = this.idents.lookup(key);
    e.pid = ident ? ident.pid : u32(bpf_get_current_pid_tgid() >> 32);
    if (ident) copy(e.comm, ident.comm); else bpf_get_current_comm(e.comm);
    this.events.output(args, e, BPF_F_CURRENT_CPU);
    this.idents.delete(key);
    return 0;
  }
}
