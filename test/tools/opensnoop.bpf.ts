// Files that are opened, and what the call returned.
import {
  program, map, SEC, HashMap, RingBuf, Tracepoint, i32, u32, u64, str, ptr, u8, bpf_get_current_pid_tgid,
  bpf_get_current_uid_gid, bpf_get_current_comm, readUserStr,
} from "@tsbpfc/stdlib";

export class Event { ts: u64; pid: u32; uid: u32; ret: i32; flags: i32; comm: str<16>; fname: str<255>; }
class Args { fname: ptr<u8>; flags: i32; }

@program({ license: "GPL" })
export class OpenSnoop {
  readonly targPid: u32 = 0;
  readonly targUid: u32 = u32(0xffffffff);
  readonly targFailed: boolean = false;
  @map({ maxEntries: 10240 }) start: HashMap<u32, Args>;
  @map({ maxEntries: 256 * 1024 }) events: RingBuf<Event>;

  private allowed(tgid: u32): boolean {
    if (this.targPid && this.targPid !== tgid) return false;
    if (this.targUid !== 0xffffffff) {
      const uid = u32(bpf_get_current_uid_gid());
      if (uid !== this.targUid) return false;
    }
    return true;
  }

  @SEC("tracepoint/syscalls/sys_enter_openat")
  enter(ctx: Tracepoint<"syscalls/sys_enter_openat">): i32 {
    const id = bpf_get_current_pid_tgid();
    const tgid = u32(id >> 32), pid = u32(id);
    if (!this.allowed(tgid)) return 0;
    this.start.update(pid, { fname: ctx.filename, flags: ctx.flags });
    return 0;
  }

  @SEC("tracepoint/syscalls/sys_exit_openat")
  exit(ctx: Tracepoint<"syscalls/sys_exit_openat">): i32 {
    const pid = u32(bpf_get_current_pid_tgid());
    const ap = this.start.lookup(pid);
    if (!ap) return 0;
    const ret = ctx.ret;
    if (!(this.targFailed && ret >= 0)) {
      const e = this.events.reserve();
      if (e) {
        e.pid = u32(bpf_get_current_pid_tgid() >> 32);
        e.uid = u32(bpf_get_current_uid_gid());
        e.ret = i32(ret);
        e.flags = ap.flags;
        bpf_get_current_comm(e.comm);
        readUserStr(e.fname, ap.fname);
        this.events.submit(e);
      }
    }
    this.start.delete(pid);
    return 0;
  }
}
