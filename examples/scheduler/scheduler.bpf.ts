// A CPU scheduler: one queue for the machine, in which who has run least, by weight, comes first; or first come, first served.
import {
  program, map, SEC, StructOps, StructOpsCtx, PerCpuArray, RingBuf, UserExitInfo, recordExit,
  i32, i64, u64, ptr, addr,
  SCX_DSQ_LOCAL, SCX_SLICE_DFL,
  scx_bpf_create_dsq, scx_bpf_dsq_insert, scx_bpf_dsq_insert_vtime, scx_bpf_dsq_move_to_local, scx_bpf_select_cpu_dfl,
  scx_bpf_task_set_dsq_vtime,
} from "@tsbpfc/stdlib";
import type { sched_ext_ops, scx_exit_info, task_struct } from "./vmlinux";

/** The queue of all tasks that wait. */
const QUEUE = 0;
/** What a task of the usual weight has. */
const WEIGHT = 100;

export class Counts {
  /** Tasks that went to an idle CPU at once. */
  local: u64;
  /** Tasks that were queued. */
  queued: u64;
  /** Turns of tasks on this CPU that ended. */
  turns: u64;
  /** What they took of their slices, in nanoseconds. */
  ran: u64;
}

@program({ license: "GPL" })
export class Scheduler {
  readonly fifo: boolean = false;
  /** The place in the queue that the task which ran last had: nobody is served for time before it. */
  now: u64 = 0;

  @map({ maxEntries: 1 }) counts: PerCpuArray<Counts>;
  @map({ maxEntries: 4096 }) exits: RingBuf<UserExitInfo>;
  @map({
    link: true,
    values: {
      name: "tsbpfc_example", timeout_ms: 5000,
      select_cpu: "selectCpu", enqueue: "enqueue", dispatch: "dispatch",
      running: "running", stopping: "stopping", enable: "enable", init: "init", exit: "exit",
    },
  })
  scheduler: StructOps<sched_ext_ops>;

  /** The kernel's choice; a CPU that is idle gets the task at once, without enqueue. */
  @SEC("struct_ops")
  selectCpu(ctx: StructOpsCtx, p: ptr<task_struct>, previous: i32, flags: u64): i32 {
    let idle = false;
    const cpu = scx_bpf_select_cpu_dfl(p, previous, flags, addr(idle));
    if (idle) {
      const counts = this.counts.lookup(0);
      if (counts) counts.local += 1;
      scx_bpf_dsq_insert(p, SCX_DSQ_LOCAL, SCX_SLICE_DFL, 0);
    }
    return cpu;
  }

  @SEC("struct_ops")
  enqueue(ctx: StructOpsCtx, p: ptr<task_struct>, flags: u64): void {
    const counts = this.counts.lookup(0);
    if (counts) counts.queued += 1;
    if (this.fifo) {
      scx_bpf_dsq_insert(p, QUEUE, SCX_SLICE_DFL, flags);
      return;
    }
    // Who slept gets no more than one slice of what it did not use.
    const earliest = this.now - SCX_SLICE_DFL;
    const place = p.scx.dsq_vtime;
    scx_bpf_dsq_insert_vtime(p, QUEUE, SCX_SLICE_DFL, isBefore(place, earliest) ? earliest : place, flags);
  }

  @SEC("struct_ops")
  dispatch(ctx: StructOpsCtx, cpu: i32, previous: ptr<task_struct> | null): void {
    scx_bpf_dsq_move_to_local(QUEUE, 0);
  }

  @SEC("struct_ops")
  running(ctx: StructOpsCtx, p: ptr<task_struct>): void {
    if (isBefore(this.now, p.scx.dsq_vtime)) this.now = p.scx.dsq_vtime;
  }

  @SEC("struct_ops")
  stopping(ctx: StructOpsCtx, p: ptr<task_struct>, runnable: boolean): void {
    const ran = SCX_SLICE_DFL - p.scx.slice;
    const counts = this.counts.lookup(0);
    if (counts) {
      counts.turns += 1;
      counts.ran += ran;
    }
    scx_bpf_task_set_dsq_vtime(p, p.scx.dsq_vtime + ran * WEIGHT / p.scx.weight);
  }

  @SEC("struct_ops")
  enable(ctx: StructOpsCtx, p: ptr<task_struct>): void {
    scx_bpf_task_set_dsq_vtime(p, this.now);
  }

  @SEC("struct_ops.s")
  init(ctx: StructOpsCtx): i32 {
    return scx_bpf_create_dsq(QUEUE, -1);
  }

  @SEC("struct_ops.s")
  exit(ctx: StructOpsCtx, info: ptr<scx_exit_info>): void {
    const record = this.exits.reserve();
    if (!record) return;
    recordExit(record, info);
    this.exits.submit(record);
  }
}

/** Places go round after 2^64 nanoseconds. */
function isBefore(a: u64, b: u64): boolean {
  return i64(a - b) < 0;
}
