// Samples of stacks, in the kernel and in the process.
import {
  program, map, SEC, HashMap, StackTrace, PerfEventCtx, i32, u32, u64, i64, str, bpf_get_current_pid_tgid,
  bpf_get_current_comm, BPF_F_USER_STACK, bpf_get_stackid, atomic,
} from "@tsbpfc/stdlib";

export class Key { pid: u32; userStack: i64; kernStack: i64; name: str<16>; }

@program({ license: "GPL" })
export class Profile {
  readonly onlyPid: u32 = 0;
  readonly includeIdle = false;
  @map({ maxEntries: 16384 }) stacks: StackTrace;
  @map({ maxEntries: 10240 }) counts: HashMap<Key, u64>;

  @SEC("perf_event")
  sample(ctx: PerfEventCtx): i32 {
    const id = bpf_get_current_pid_tgid();
    const pid = u32(id >> 32);
    if (!this.includeIdle && u32(id) === 0) return 0;
    if (this.onlyPid !== 0 && pid !== this.onlyPid) return 0;
    const key = new Key();
    key.pid = pid;
    bpf_get_current_comm(key.name);
    key.kernStack = bpf_get_stackid(ctx, this.stacks, 0);
    key.userStack = bpf_get_stackid(ctx, this.stacks, BPF_F_USER_STACK);
    const n = this.counts.lookupOrInit(key, 0);
    if (n) atomic.add(n.value, 1);
    return 0;
  }
}
