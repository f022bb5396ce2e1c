import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

/** Statements of programs that give back what they take, each on a way that is not the plainest. */
const ways: Readonly<Record<string, string>> = {
  drained: `
    let cost: u64 = 0;
    for (const _ of range(0, 8)) {
      const job = withLock(queue.lock, () => queue.jobs.popFront());
      if (!job) break;
      cost += job.cost;
      bpf_obj_drop(job);
    }
    return i32(cost);`,
  retried: `
    let job = bpf_kptr_xchg(queue.kept, null);
    if (!job) job = bpf_obj_new(Job);
    if (!job) return -1;
    bpf_obj_drop(job);
    return 1;`,
  moved: `
    const made = bpf_obj_new(Job);
    if (!made) return -1;
    const other = made;
    other.cost = 5;
    bpf_obj_drop(other);
    return 1;`,
  either: `
    const job = ctx.len > 20 ? bpf_obj_new(Job) : null;
    if (job !== null && job.cost === 0) {
      bpf_obj_drop(job);
      return 1;
    }
    if (job) bpf_obj_drop(job);
    return 2;`,
  flagged: `
    const job = bpf_obj_new(Job);
    let failed = false;
    if (!job) failed = true;
    else bpf_obj_drop(job);
    return failed ? -1 : 1;`,
  switched: `
    const job = bpf_obj_new(Job);
    if (!job) return -1;
    switch (ctx.len & 3) {
      case 0:
        bpf_obj_drop(job);
        return 1;
      case 1:
        return withLock(queue.lock, () => queue.jobs.pushBack(job));
      default:
        bpf_obj_drop(job);
    }
    return 1;`,
  handed: `
    const job = make(7);
    if (!job) return -1;
    finish(job);
    return 1;`,
  recorded: `
    const event = this.events.reserve();
    if (!event) return 1;
    event.n = ctx.len;
    if (ctx.len > 9000) this.events.discard(event);
    else this.events.submit(event);
    return 1;`,
  shared: `
    const job = bpf_obj_new(Job);
    if (!job) return -1;
    const cost = withLock(queue.lock, () => {
      queue.jobs.pushBack(job);
      job.cost = 3;
      return job.cost;
    });
    return i32(cost);`,
};

const source = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) queues: ArrayMap<Queue>;
  @map({ maxEntries: 4096 }) events: RingBuf<Event>;
${Object.entries(ways)
  .map(
    ([name, statements]) => `  @SEC("tc") ${name}(ctx: SkBuff): i32 {
    const queue = this.queues.lookup(0);
    if (!queue) return -9;${statements}
  }`,
  )
  .join("\n")}`,
    {
      imports:
        "ArrayMap, SpinLock, withLock, ListHead, ListNode, kptr, range, bpf_obj_new, bpf_obj_drop, bpf_kptr_xchg,",
      before: `class Job { node: ListNode; cost: u64; }
class Queue { lock: SpinLock; jobs: ListHead<Job>; kept: kptr<Job>; }
class Event { n: u64; }
function make(cost: u64): ptr<Job> | null {
  const job = bpf_obj_new(Job);
  if (job) job.cost = cost;
  return job;
}
function finish(job: ptr<Job>): void { bpf_obj_drop(job); }`,
    },
  ),
});

type Ways = Skeleton<object, Record<string, SkeletonProgram>, object, object>;

describe("programs that give back what they take", () => {
  kernelTest("are compiled, and verified, whichever way they do it", {}, async (t) => {
    const { programs } = await t.load<Ways>(source);
    const results = Object.keys(ways).map((name) => {
      const result = programs[name]?.testRun({ data: new Uint8Array(64) }).returnValue ?? 0;
      return [name, result | 0] as const;
    });
    expect(results.filter(([, result]) => result < 0)).toEqual([]);
    expect(Object.fromEntries(results)).toMatchObject({ moved: 1, flagged: 1, handed: 1, shared: 3 });
  });
});
