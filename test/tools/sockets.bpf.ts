// Connections joined in the kernel, traffic by socket, and a port changed on connect.
import {
  program, map, SEC, SockHash, SockOps, SkMsg, SkBuff, SkAction, SockAddr, SkStorage, i32, u32, u64, be32,
  ntohl, htons, BPF_NOEXIST,
} from "@tsbpfc/stdlib";

class Key { sip: be32; dip: be32; sport: u32; dport: u32; }
class Traffic { rx: u64; tx: u64; }
@program({ license: "GPL" })
export class Sockets {
  @map({ maxEntries: 65535 }) socks: SockHash<Key>;
  @map({ flags: 1 }) traffic: SkStorage<Traffic>;

  @SEC("sockops")
  ops(ctx: SockOps): i32 {
    switch (ctx.op) {
      case 4: case 5: {
        const key: Key = { sip: ctx.local_ip4, dip: ctx.remote_ip4, sport: ctx.local_port, dport: ntohl(ctx.remote_port) };
        this.socks.update(ctx, key, BPF_NOEXIST);
        break;
      }
    }
    return 0;
  }

  @SEC("sk_msg")
  msg(ctx: SkMsg): SkAction {
    const key: Key = { sip: ctx.remote_ip4, dip: ctx.local_ip4, sport: ntohl(ctx.remote_port), dport: ctx.local_port };
    return this.socks.redirectMsg(ctx, key, 1);
  }

  @SEC("cgroup_skb/egress")
  egress(ctx: SkBuff): i32 {
    const sk = ctx.sk;
    if (!sk) return 1;
    const t = this.traffic.get(sk, { create: true });
    if (t) t.tx += ctx.len;
    return 1;
  }
  @SEC("cgroup/connect6")
  c6(ctx: SockAddr): i32 {
    if (ctx.user_port === u32(htons(53))) { ctx.user_port = htons(5353); }
    return 1;
  }
}
