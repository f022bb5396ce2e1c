// A line for each task: an iterator.
import { program, SEC, IterTask, seqPrintf, i32 } from "@tsbpfc/stdlib";
@program({ license: "GPL" })
export class Tasks {
  @SEC("iter/task")
  dump(ctx: IterTask): i32 {
    const task = ctx.task;
    if (!task) return 0;
    if (ctx.meta.seq_num === 0) seqPrintf(ctx.meta.seq, `${"tgid"} pid comm\n`);
    seqPrintf(ctx.meta.seq, `${task.tgid} ${task.pid} ${task.comm} parent=${task.real_parent?.pid}\n`);
    return 0;
  }
}
