// Who opens which file, by its path, and no file of one user: LSM.
import {
  program, map, SEC, RingBuf, LsmCtx, i32, u32, str, bpf_d_path, cast, bpf_get_current_pid_tgid,
  bpf_get_current_comm, bpf_get_current_task_btf,
} from "@tsbpfc/stdlib";
import type { file, linux_binprm, task_struct } from "./vmlinux";

export class Ev { pid: u32; ppid: u32; comm: str<16>; path: str<256>; }
const EPERM = 1;

@program({ license: "GPL" })
export class OpenedFiles {
  @map({ maxEntries: 1 << 20 }) events: RingBuf<Ev>;
  readonly denyUid: u32 = 65534;

  @SEC("lsm/file_open")
  open(ctx: LsmCtx, f: file, ret: i32): i32 {
    if (ret !== 0) return ret;
    const e = this.events.reserve();
    if (!e) return 0;
    e.pid = u32(bpf_get_current_pid_tgid() >> 32);
    e.ppid = u32(cast<task_struct>(bpf_get_current_task_btf()).real_parent.tgid);
    bpf_get_current_comm(e.comm);
    if (bpf_d_path(f.f_path, e.path) < 0) { this.events.discard(e); return 0; }
    this.events.submit(e);
    return f.f_inode.i_uid.val === this.denyUid ? -EPERM : 0;
  }
  @SEC("lsm.s/bprm_check_security")
  exec(ctx: LsmCtx, bprm: linux_binprm): i32 {
    return 0;
  }
}
