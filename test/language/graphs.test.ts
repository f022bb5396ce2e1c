import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";
import { run as command } from "../support/root.js";

type Loaded<P extends string, G extends object> = Skeleton<object, Record<P, SkeletonProgram>, object, G>;

const IMPORTS =
  "ArrayMap, SpinLock, withLock, ListHead, ListNode, RbRoot, RbNode, RefCount, bpf_obj_new, bpf_obj_drop, bpf_refcount_acquire,";

/** The program's return value for a packet of this many bytes. */
const run = (program: SkeletonProgram, bytes = 64): number =>
  program.testRun({ data: new Uint8Array(bytes) }).returnValue;

const queueSource = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 2 }) queues: ArrayMap<Queue>;
  length: u32 = 0;
  tag: u32 = 0;
  zero: u64 = 1;
  @SEC("tc") push(ctx: SkBuff): i32 {
    const queue = this.queues.lookup(1);
    if (!queue) return 1;
    const job = bpf_obj_new(Job);
    if (!job) return 2;
    job.length = ctx.len;
    return withLock(queue.lock, () => (ctx.len > 100 ? queue.jobs.pushFront(job) : queue.jobs.pushBack(job)));
  }
  @SEC("tc") pop(ctx: SkBuff): i32 {
    const queue = this.queues.lookup(1);
    if (!queue) return 1;
    const job = withLock(queue.lock, () => queue.jobs.popFront());
    if (!job) return 2;
    const { length, tag } = job;
    this.length = length;
    this.tag = tag;
    this.zero = job.rest[1].low + job.rest[0].high;
    job.rest[1].low = 77;
    bpf_obj_drop(job);
    return 0;
  }
  @SEC("xdp") last(ctx: XdpMd): XdpAction {
    const queue = this.queues.lookup(1);
    if (!queue) return XdpAction.ABORTED;
    const job = withLock(queue.lock, () => queue.jobs.popBack());
    if (!job) return XdpAction.DROP;
    this.length = job.length;
    bpf_obj_drop(job);
    return XdpAction.PASS;
  }`,
    {
      before: `class Pair { low: u64; high: u32; }
class Job { tag: u32 = 7; node: ListNode; length: u32; rest: array<Pair, 2>; }
class Queue { lock: SpinLock; jobs: ListHead<Job>; }`,
      imports: IMPORTS,
    },
  ),
});

describe("a list", () => {
  type Queue = Loaded<"push" | "pop" | "last", { length: number; tag: number; zero: bigint }>;

  kernelTest("gives back what was put in, from either end", {}, async (t) => {
    const { programs, globals } = await t.load<Queue>(queueSource);
    for (const length of [60, 61, 200, 62]) expect(run(programs.push, length)).toBe(0);
    const order: number[] = [];
    while (run(programs.pop) === 0) order.push(globals.length);
    // What is longer than 100 goes to the front. The length is the packet's without its Ethernet header.
    expect(order.map((n) => n - (order[1] ?? 0))).toEqual([140, 0, 1, 2]);
    expect(run(programs.pop)).toBe(2);
    for (const length of [60, 61, 62]) run(programs.push, length);
    expect(programs.last.testRun({ data: new Uint8Array(64) }).returnValue).toBe(2);
    expect(globals.length - (order[1] ?? 0)).toBe(2);
  });

  kernelTest(
    "holds objects with their initialisers, zero elsewhere, though their memory was used before",
    {},
    async (t) => {
      const { programs, globals } = await t.load<Queue>(queueSource);
      for (let round = 0; round < 200; round++) {
        expect(run(programs.push)).toBe(0);
        expect(run(programs.pop)).toBe(0);
        expect({ tag: globals.tag, zero: globals.zero }).toEqual({ tag: 7, zero: 0n });
      }
    },
  );
});

const treeSource = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) trees: HashMap<u32, Tree>;
  key: u64 = 0;
  least: u64 = 0;
  seen: u32 = 0;
  @SEC("tc") add(ctx: SkBuff): i32 {
    const key: u32 = 5;
    const tree = this.trees.lookupOrInit(key, {});
    if (!tree) return 1;
    const item = bpf_obj_new(Item);
    if (!item) return 2;
    item.key = this.key;
    item.length = ctx.len;
    const wrong = withLock(tree.lock, () => tree.items.add(item, (a, b) => a.key > b.key));
    return wrong ? 3 : 0;
  }
  @SEC("tc") peek(ctx: SkBuff): i32 {
    const tree = this.trees.lookup(5);
    if (!tree) return 1;
    return withLock(tree.lock, () => {
      const first = tree.items.first();
      if (!first) return 2;
      this.least = first.key;
      return 0;
    });
  }
  @SEC("tc") take(ctx: SkBuff): i32 {
    const tree = this.trees.lookup(5);
    if (!tree) return 1;
    const item = withLock(tree.lock, () => {
      const first = tree.items.first();
      return first ? tree.items.remove(first) : null;
    });
    if (!item) return 2;
    this.least = item.key;
    bpf_obj_drop(item);
    return 0;
  }`,
    {
      before: `class Item { length: u32; node: RbNode; key: u64; }
class Tree { lock: SpinLock; items: RbRoot<Item>; }`,
      imports: IMPORTS,
    },
  ),
});

describe("a tree", () => {
  kernelTest("is a priority queue: the greatest of what was put in comes first", {}, async (t) => {
    const { programs, globals } =
      await t.load<Loaded<"add" | "peek" | "take", { key: bigint; least: bigint }>>(treeSource);
    const keys = [3n, 9n, 1n, 7n, 5n, 2n ** 63n, 8n, 2n, 6n, 4n, 3n];
    for (const key of keys) {
      globals.key = key;
      expect(run(programs.add)).toBe(0);
    }
    expect(run(programs.peek)).toBe(0);
    expect(globals.least).toBe(2n ** 63n);
    const order: bigint[] = [];
    while (run(programs.take) === 0) order.push(globals.least);
    expect(order).toEqual([...keys].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
    expect(run(programs.peek)).toBe(2);
  });
});

const sharedSource = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) sets: ArrayMap<Both>;
  counted: u64 = 0;
  @SEC("tc") add(ctx: SkBuff): i32 {
    const both = this.sets.lookup(0);
    if (!both) return 1;
    const item = bpf_obj_new(Item);
    if (!item) return 2;
    item.key = ctx.len;
    const other = bpf_refcount_acquire(item);
    if (!other) {
      bpf_obj_drop(item);
      return 3;
    }
    withLock(both.lock, () => {
      both.byAge.pushBack(item);
      both.byKey.add(other, ({ key: a }, { key: b }) => a < b);
    });
    return 0;
  }
  @SEC("tc") count(ctx: SkBuff): i32 {
    const both = this.sets.lookup(0);
    if (!both) return 1;
    const item = withLock(both.lock, () => both.byAge.popFront());
    if (!item) return 2;
    item.count += 40;
    bpf_obj_drop(item);
    const same = withLock(both.lock, () => {
      const first = both.byKey.first();
      return first ? both.byKey.remove(first) : null;
    });
    if (!same) return 3;
    same.count += 2;
    this.counted = same.count;
    bpf_obj_drop(same);
    return 0;
  }`,
    {
      before: `class Item { age: ListNode; refs: RefCount; order: RbNode; key: u64; count: u64; }
class Both { lock: SpinLock; byAge: ListHead<Item, "age">; byKey: RbRoot<Item, "order">; }`,
      imports: IMPORTS,
    },
  ),
});

describe("an object with a RefCount", () => {
  kernelTest("is in a list and in a tree at once", {}, async (t) => {
    const { programs, globals } = await t.load<Loaded<"add" | "count", { counted: bigint }>>(sharedSource);
    expect(run(programs.add)).toBe(0);
    expect(run(programs.count)).toBe(0);
    expect(globals.counted).toBe(42n);
    expect(run(programs.count)).toBe(2);
  });
});

const globalSource = declareProbe({
  "probe.bpf.ts": probe(
    `  ready: Queue = new Queue();
  done: Queue;
  seen: u32 = 3;
  @SEC("tc") push(ctx: SkBuff): i32 {
    const job = bpf_obj_new(Job);
    if (!job) return 2;
    job.id = ctx.mark + 5;
    return withLock(this.ready.lock, () => this.ready.jobs.pushBack(job));
  }
  @SEC("tc") move(ctx: SkBuff): i32 {
    const job = withLock(this.ready.lock, () => this.ready.jobs.popFront());
    if (!job) return 2;
    return withLock(this.done.lock, () => {
      this.done.count += 1;
      return this.done.jobs.pushFront(job);
    });
  }
  @SEC("tc") take(ctx: SkBuff): i32 {
    const job = withLock(this.done.lock, () => this.done.jobs.popBack());
    if (!job) return 2;
    this.seen = job.id + this.done.count;
    bpf_obj_drop(job);
    return 0;
  }`,
    {
      before: `class Job { node: ListNode; id: u32; }
class Queue { lock: SpinLock; jobs: ListHead<Job>; count: u32; }`,
      imports: IMPORTS,
    },
  ),
});

describe("a global with a list", () => {
  kernelTest("is the programs' alone, beside globals that Node shares", {}, async (t) => {
    const { programs, globals } =
      await t.load<Loaded<"push" | "move" | "take", { seen: number }>>(globalSource);
    expect(Object.keys(globals)).toEqual(["seen"]);
    expect(run(programs.push)).toBe(0);
    expect(run(programs.take)).toBe(2);
    expect(run(programs.move)).toBe(0);
    expect(run(programs.take)).toBe(0);
    expect(globals.seen).toBe(6);
    expect(run(programs.move)).toBe(2);
  });

  kernelTest("is loaded by libbpf, too", { commands: ["bpftool"] }, (t) => {
    command("bpftool", "prog", "loadall", t.object(globalSource).objectPath, `${t.pins()}/queues`);
  });
});
