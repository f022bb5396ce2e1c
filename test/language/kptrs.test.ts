import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

type Loaded<P extends string, G extends object> = Skeleton<object, Record<P, SkeletonProgram>, object, G>;

/** What a program of section `syscall` returns. */
const call = (program: SkeletonProgram): number =>
  program.testRun({ context: new Uint8Array(8) }).returnValue;

const taskSource = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 4 }) slots: HashMap<u32, Slot>;
  pid: i32 = 0; tgid: i32 = 0; start: u64 = 0;
  @SEC("syscall") keep(ctx: Input): i32 {
    const slot = this.slots.lookupOrInit(1, {});
    if (!slot) return 1;
    const task = bpf_task_from_pid(this.pid);
    if (!task) return 2;
    slot.kept += 1;
    const old = bpf_kptr_xchg(slot.task, task);
    if (old) bpf_task_release(old);
    return 0;
  }
  @SEC("syscall") look(ctx: Input): i32 {
    const slot = this.slots.lookup(1);
    if (!slot) return 1;
    let result = 2;
    bpf_rcu_read_lock();
    const { task } = slot;
    if (task) {
      this.tgid = task.tgid;
      this.start = task.start_time;
      result = 0;
    }
    bpf_rcu_read_unlock();
    return result;
  }
  @SEC("syscall") forget(ctx: Input): i32 {
    const slot = this.slots.lookup(1);
    if (!slot) return 1;
    const old = bpf_kptr_xchg(slot.task, null);
    if (!old) return 2;
    this.tgid = old.tgid;
    bpf_task_release(old);
    return 0;
  }`,
    {
      imports: "kptr, bpf_kptr_xchg,",
      before: `import type { task_struct } from "./vmlinux";
class Input { a: u64; }
class Slot { kept: u32; task: kptr<task_struct>; }
declare function bpf_task_from_pid(pid: i32): ptr<task_struct> | null;
declare function bpf_task_release(task: ptr<task_struct>): void;
declare function bpf_rcu_read_lock(): void;
declare function bpf_rcu_read_unlock(): void;`,
    },
  ),
});

describe("a kptr of a task", () => {
  type Tasks = Loaded<"keep" | "look" | "forget", { pid: number; tgid: number; start: bigint }>;

  kernelTest("is kept in a map, looked at under RCU, and taken out again", {}, async (t) => {
    const { programs, globals } = await t.load<Tasks>(taskSource);
    globals.pid = process.pid;
    expect(call(programs.look)).toBe(1);
    for (let again = 0; again < 3; again++) expect(call(programs.keep)).toBe(0);
    expect(call(programs.look)).toBe(0);
    expect(globals.tgid).toBe(process.pid);
    expect(globals.start).toBeGreaterThan(0n);
    globals.tgid = 0;
    expect(call(programs.forget)).toBe(0);
    expect(globals.tgid).toBe(process.pid);
    expect(call(programs.look)).toBe(2);
    expect(call(programs.forget)).toBe(2);
  });

  kernelTest("outlives its task", {}, async (t) => {
    const { programs, globals } = await t.load<Tasks>(taskSource);
    const child = t.spawn("sleep", ["60"]);
    globals.pid = child.pid;
    expect(call(programs.keep)).toBe(0);
    await child.end();
    expect(call(programs.look)).toBe(0);
    expect(globals.tgid).toBe(child.pid);
  });
});

const localSource = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) slots: ArrayMap<Slot>;
  total: u64 = 0;
  @SEC("tc") put(ctx: SkBuff): i32 {
    const slot = this.slots.lookup(0);
    if (!slot) return 1;
    let item = bpf_kptr_xchg(slot.item, null);
    if (!item) item = bpf_obj_new(Item);
    if (!item) return 2;
    item.count += 1;
    item.bytes += ctx.len;
    this.total = item.count;
    item = bpf_kptr_xchg(slot.item, item);
    if (item) bpf_obj_drop(item);
    return 0;
  }
  @SEC("tc") perCpu(ctx: SkBuff): i32 {
    const slot = this.slots.lookup(0);
    if (!slot) return 1;
    const made = bpf_percpu_obj_new(Counters);
    if (!made) return 2;
    const old = bpf_kptr_xchg(slot.counters, made);
    if (old) bpf_percpu_obj_drop(old);
    return 0;
  }
  @SEC("tc") count(ctx: SkBuff): i32 {
    const slot = this.slots.lookup(0);
    if (!slot) return 1;
    bpf_rcu_read_lock();
    const counters = slot.counters;
    if (counters) {
      const mine = bpf_this_cpu_ptr<ptr<Counters>>(counters);
      mine.packets += 1;
      this.total = mine.packets;
    }
    bpf_rcu_read_unlock();
    return counters ? 0 : 2;
  }`,
    {
      imports:
        "ArrayMap, kptr, percpuKptr, bpf_kptr_xchg, bpf_obj_new, bpf_obj_drop, bpf_percpu_obj_new, bpf_percpu_obj_drop, bpf_this_cpu_ptr,",
      before: `class Item { count: u64; bytes: u64; }
class Counters { packets: u64; }
class Slot { item: kptr<Item>; counters: percpuKptr<Counters>; }
declare function bpf_rcu_read_lock(): void;
declare function bpf_rcu_read_unlock(): void;`,
    },
  ),
});

describe("a kptr of an object of one's own", () => {
  kernelTest("stays from one run to the next, and is counted in for each CPU", {}, async (t) => {
    const { programs, globals } =
      await t.load<Loaded<"put" | "perCpu" | "count", { total: bigint }>>(localSource);
    const run = (program: SkeletonProgram): number =>
      program.testRun({ data: new Uint8Array(64) }).returnValue;
    for (const total of [1n, 2n, 3n]) {
      expect(run(programs.put)).toBe(0);
      expect(globals.total).toBe(total);
    }
    expect(run(programs.count)).toBe(2);
    expect(run(programs.perCpu)).toBe(0);
    expect(run(programs.count)).toBe(0);
    expect(globals.total).toBe(1n);
  });
});
