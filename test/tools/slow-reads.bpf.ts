// Reads that take long, with the file and its folder: kprobe, kretprobe and a chain through dentries.
import {
  program, map, SEC, LruHashMap, RingBuf, PtRegs, i32, i64, u32, u64, str, ptr, readKernelStr,
  bpf_get_current_pid_tgid, bpf_ktime_get_ns, bpf_get_current_comm, bpf_get_current_task, cast,
} from "@tsbpfc/stdlib";
import type { file, task_struct, dentry, nsproxy } from "./vmlinux";

export class Slow { pid: u32; mntns: u32; size: u64; deltaNs: u64; comm: str<16>; name: str<32>; parent: str<32>; }
class Enter { ts: u64; fp: ptr<file>; }

@program({ license: "GPL" })
export class SlowReads {
  readonly minNs: u64 = 1_000;
  @map({ maxEntries: 8192 }) inflight: LruHashMap<u32, Enter>;
  @map({ maxEntries: 1 << 16 }) events: RingBuf<Slow>;

  @SEC("kprobe/vfs_read")
  enter(ctx: PtRegs, f: file): i32 {
    const tid = u32(bpf_get_current_pid_tgid());
    this.inflight.update(tid, { ts: bpf_ktime_get_ns(), fp: f });
    return 0;
  }
  @SEC("kretprobe/vfs_read")
  exit(ctx: PtRegs, ret: i64): i32 {
    const id = bpf_get_current_pid_tgid();
    const tid = u32(id);
    const e = this.inflight.lookup(tid);
    if (!e) return 0;
    const delta = bpf_ktime_get_ns() - e.ts;
    const f = e.fp;
    this.inflight.delete(tid);
    if (delta < this.minNs || ret <= 0) return 0;
    const ev = this.events.reserve();
    if (!ev) return 0;
    ev.pid = u32(id >> 32);
    ev.size = u64(ret);
    ev.deltaNs = delta;
    bpf_get_current_comm(ev.comm);
    const task = cast<task_struct>(bpf_get_current_task());
    ev.mntns = task.nsproxy.mnt_ns.ns.inum;
    const d = f.f_path.dentry;
    readKernelStr(ev.name, d.d_name.name);
    readKernelStr(ev.parent, d.d_parent.d_name.name);
    this.events.submit(ev);
    return 0;
  }
}
