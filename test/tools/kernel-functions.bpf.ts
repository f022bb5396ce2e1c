// Kernel functions that give and take references.
import { program, SEC, TracingCtx, i32, u32, u64, ptr, cast } from "@tsbpfc/stdlib";
import type { task_struct, cpumask, bpf_cpumask } from "./vmlinux";

declare function bpf_task_from_pid(pid: i32): ptr<task_struct> | null;
declare function bpf_task_acquire(p: ptr<task_struct>): ptr<task_struct> | null;
declare function bpf_task_release(p: ptr<task_struct>): void;
declare function bpf_cpumask_create(): ptr<bpf_cpumask> | null;
declare function bpf_cpumask_release(m: ptr<bpf_cpumask>): void;
declare function bpf_cpumask_set_cpu(cpu: u32, m: ptr<bpf_cpumask>): void;
declare function bpf_cpumask_first(m: ptr<cpumask>): u32;

@program({ license: "GPL" })
export class KernelFunctions {
  found: i32 = 0;
  ppid: i32 = 0;
  cpu: u32 = 0;
  target: i32 = 0;

  @SEC("tp_btf/task_newtask")
  onTask(ctx: TracingCtx, task: task_struct, cloneFlags: u64): i32 {
    const p = bpf_task_from_pid(this.target);
    if (p) {
      this.found = p.pid;
      this.ppid = p.real_parent.tgid;
      bpf_task_release(p);
    }
    const mask = bpf_cpumask_create();
    if (mask) {
      bpf_cpumask_set_cpu(3, mask);
      this.cpu = bpf_cpumask_first(cast<cpumask>(mask));
      bpf_cpumask_release(mask);
    }
    return 0;
  }
}
