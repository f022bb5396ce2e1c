// A rate limit under a lock, and connections that expire by timer.
import {
  program, map, SEC, ArrayMap, HashMap, Timer, SkBuff, TcAction, u32, u64, i32, SpinLock, withLock,
  CLOCK_BOOTTIME, bpf_ktime_get_boot_ns,
} from "@tsbpfc/stdlib";
class Bucket { lock: SpinLock; tokens: u64; last: u64; }
class Conn { timer: Timer; packets: u64; }
@program({ license: "GPL" })
export class TokenBucket {
  readonly rate: u64 = 1_000_000;
  readonly burst: u64 = 10_000;
  @map({ maxEntries: 1 }) buckets: ArrayMap<Bucket>;
  @map({ maxEntries: 1024 }) conns: HashMap<u32, Conn>;
  expired: u64 = 0;

  @SEC("tcx/ingress")
  ingress(ctx: SkBuff): i32 {
    const b = this.buckets.lookup(0);
    if (!b) return 0;
    const now = bpf_ktime_get_boot_ns();
    let pass = false;
    withLock(b.lock, () => {
      const gained = (now - b.last) * this.rate / 1_000_000_000;
      b.tokens = b.tokens + gained > this.burst ? this.burst : b.tokens + gained;
      b.last = now;
      if (b.tokens >= ctx.len) { b.tokens -= ctx.len; pass = true; }
    });
    const hash = ctx.hash;
    const conn = this.conns.lookupOrInit(hash, new Conn());
    if (conn) {
      conn.packets += 1;
      if (conn.packets === 1) {
        conn.timer.init(this.conns, CLOCK_BOOTTIME);
        conn.timer.setCallback((m, key, value) => { this.expired += 1; this.conns.delete(key.value); return 0; });
        conn.timer.start(5_000_000_000);
      }
    }
    return pass ? TcAction.OK : TcAction.SHOT;
  }
}
