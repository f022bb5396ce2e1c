// What is written to and read from TLS: uprobes, and a size at run time.
import {
  program, map, SEC, HashMap, RingBuf, PtRegs, u8, u32, u64, i32, array, user, bpf_get_current_pid_tgid,
  bpf_probe_read_user, bpf_ktime_get_ns, cast,
} from "@tsbpfc/stdlib";
export class Data { ts: u64; pid: u32; tid: u32; len: i32; buf: array<u8, 4096>; }
@program({ license: "GPL" })
export class SslSniff {
  @map({ maxEntries: 1024 }) bufs: HashMap<u64, u64>;
  @map({ maxEntries: 1 << 22 }) events: RingBuf<Data>;
  @SEC("uprobe//usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_write")
  write(ctx: PtRegs, ssl: u64, buf: user<u8>, num: i32): i32 {
    return this.send(buf, num);
  }
  @SEC("uprobe//usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_read")
  readEnter(ctx: PtRegs, ssl: u64, buf: user<u8>, num: i32): i32 {
    this.bufs.update(bpf_get_current_pid_tgid(), u64(buf));
    return 0;
  }
  @SEC("uretprobe//usr/lib/x86_64-linux-gnu/libssl.so.3:SSL_read")
  readExit(ctx: PtRegs, ret: i32): i32 {
    const id = bpf_get_current_pid_tgid();
    const buf = this.bufs.lookup(id);
    if (!buf) return 0;
    const r = this.send(cast<user<u8>>(buf.value), ret);
    this.bufs.delete(id);
    return r;
  }
  private send(buf: user<u8>, len: i32): i32 {
    if (len <= 0) return 0;
    const e = this.events.reserve();
    if (!e) return 0;
    e.ts = bpf_ktime_get_ns();
    e.pid = u32(bpf_get_current_pid_tgid() >> 32);
    e.tid = u32(bpf_get_current_pid_tgid());
    e.len = len;
    const n: u32 = len > 4096 ? 4096 : u32(len);
    if (bpf_probe_read_user(e.buf, buf, n) !== 0) { this.events.discard(e); return 0; }
    this.events.submit(e);
    return 0;
  }
}
