import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { probe } from "../support/probe-source.js";

const run = (globals: string, body: string, { imports = "", before = "" } = {}): string =>
  probe(`${globals}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`, {
    imports: `ArrayMap, Queue, Stack, BloomFilter, ProgArray, ArrayOfMaps, HashOfMaps, DevMap, CpuMap, XskMap, SockMap, SockHash, StackTrace, CgroupArray, PerfEventArray, TaskStorage, SkStorage, LruHashMap, Timer, WorkQueue, SpinLock, Dynptr, SockOps, SkMsg, SkAction, ReuseportSockArray, TcAction, ${imports}`,
    before,
  });

describe("maps", () => {
  computing(
    "queues and stacks give back what was pushed, into numbers and objects",
    run(
      `  @map({ maxEntries: 4 }) queue: Queue<u32>;
  @map({ maxEntries: 2 }) stack: Stack<Pair>;
  seen: array<i64, 8>; pair: Pair; peeked: u32 = 0;`,
      `    this.queue.push(7);
    this.queue.push(8);
    let first: u32 = 0;
    this.seen[0] = this.queue.peek(this.peeked);
    this.seen[1] = this.queue.pop(first);
    this.seen[2] = first;
    this.stack.push({ a: 1, b: 2 });
    this.stack.push({ a: 3, b: 4 });
    this.seen[3] = this.stack.push({ a: 5 });
    this.seen[4] = this.stack.push({ a: 5 }, BPF_EXIST);
    const pair = new Pair();
    this.seen[5] = this.stack.pop(pair);
    copy(this.pair, pair);
    this.queue.pop(first);
    this.seen[6] = this.queue.pop(first);`,
      { before: "class Pair { a: u32; b: u64; }", imports: "BPF_EXIST," },
    ),
    async (computed) => {
      const result = await computed();
      expect([...(result.seen as unknown as Iterable<bigint>)]).toEqual([0n, 0n, 7n, -7n, 0n, 0n, -2n, 0n]);
      expect(result).toMatchObject({ peeked: 7, pair: { a: 5, b: 0n } });
    },
  );

  computing(
    "keys are what parameters are at the call, converted or not, changed before or not",
    run(
      `  @map({ maxEntries: 9 }) counts: HashMap<u32, u32>;
  sum: u64 = 0;`,
      `    this.kept(-1); this.changed(3);
    const keys: array<u32, 5> = [0xffffffff, 255, 3, 4, 5];
    for (const key of keys) {
      const at = this.counts.lookup(key);
      this.sum = this.sum * 10 + (at ? at.value : 9);
    }`,
    ).replace(
      "@SEC",
      `private kept(n: i8): void { this.counts.update(u32(n), 1); this.counts.update(u32(u8(n)), 2); this.counts.delete(u32(n)); this.counts.update(u32(n), 6); }
  private changed(k: u32): void { this.counts.update(k, 3); k += 1; this.counts.update(k, 4); this.step(k); }
  private step(k: u32): void { for (let i: u32 = k; i < 6; i++) { if (i === 5) k++; } this.counts.update(k, 5); }
  @SEC`,
    ),
    async (computed) => {
      expect(await computed()).toMatchObject({ sum: 62345n });
    },
  );

  computing(
    "lookupOrInit makes a value once, and gives the one in the map",
    run(
      `  @map({ maxEntries: 1 }) counts: HashMap<u32, Slot>;
  first: u64 = 0; second: u64 = 0; full: u32 = 0; made: u64 = 0;`,
      `    const start = new Slot();
    start.n = 40;
    const a = this.counts.lookupOrInit(1, start);
    if (a) { a.n += 1; this.first = a.n; }
    const b = this.counts.lookupOrInit(1, { n: this.next() });
    if (b) { b.n += 1; this.second = b.n; }
    const c = this.counts.lookupOrInit(2, new Slot());
    if (!c) this.full = 1;`,
      { before: "class Slot { n: u64; }" },
    ).replace("@SEC", "private next(): u64 { this.made += 1; return 9; }\n  @SEC"),
    async (computed) => {
      expect(await computed()).toMatchObject({ first: 41n, second: 42n, full: 1, made: 1n });
    },
  );

  computing(
    "a Bloom filter answers, and per-CPU values of any CPU are found",
    run(
      `  @map({ maxEntries: 100, extra: 3 }) seen: BloomFilter<u64>;
  @map({ maxEntries: 1 }) counts: PerCpuArray<u64>;
  there: i64 = -1; absent: i64 = 0; own: u64 = 0;`,
      `    this.seen.push(77);
    this.there = this.seen.peek(77);
    this.absent = this.seen.peek(78);
    const own = this.counts.lookup(0);
    if (own) own.value = 5;
    const same = this.counts.lookupOnCpu(0, bpf_get_smp_processor_id());
    if (same) this.own = same.value;`,
      { imports: "bpf_get_smp_processor_id," },
    ),
    async (computed) => {
      expect(await computed()).toMatchObject({ there: 0n, absent: -2n, own: 5n });
    },
  );

  computing(
    "maps in maps are filled at load, found, and used as maps",
    run(
      `  @map({ maxEntries: 8 }) even: HashMap<u32, u64>;
  @map({ maxEntries: 8 }) odd: HashMap<u32, u64>;
  @map({ maxEntries: 3, inner: { maxEntries: 8 }, values: ["even", "odd"] }) shards: ArrayOfMaps<HashMap<u32, u64>>;
  @map({ maxEntries: 4, inner: { maxEntries: 2 } }) named: HashOfMaps<u64, ArrayMap<u32>>;
  odds: u64 = 0; evens: u64 = 0; missing: u32 = 0;`,
      `    for (let i: u32 = 0; i < 3; i++) {
      const shard = this.shards.lookup(i);
      if (shard) { shard.update(1, i + 10); } else { this.missing += 1; }
    }
    const one = this.named.lookup(5);
    if (!one) this.missing += 1;
    const even = this.even.lookup(1);
    if (even) this.evens = even.value;
    const odd = this.odd.lookup(1);
    if (odd) this.odds = odd.value;`,
    ),
    async (computed) => {
      expect(await computed()).toMatchObject({ evens: 10n, odds: 11n, missing: 2 });
    },
  );

  computing(
    "a tail call goes on in the program that was put there at load, and falls through an empty slot",
    run(
      `  @map({ maxEntries: 2, values: ["next"] }) jumps: ProgArray<XdpMd>; index: u32 = 0; after: u32 = 0; there: u32 = 0;
  @SEC("xdp") next(ctx: XdpMd): XdpAction { this.there += 1; return XdpAction.TX; }`,
      `    this.jumps.tailCall(ctx, this.index);
    this.after += 1;`,
    ),
    async (computed) => {
      expect(await computed()).toMatchObject({ result: 3, there: 1, after: 0 });
      expect(await computed({ set: { index: 1 } })).toMatchObject({ result: 2, there: 0, after: 1 });
    },
  );

  computing(
    "packets are redirected by device, CPU and socket maps, or by their fallback",
    run(
      `  @map({ maxEntries: 2 }) devices: DevMap;
  @map({ maxEntries: 2 }) cpus: CpuMap;
  @map({ maxEntries: 2 }) sockets: XskMap;
  device: u32 = 9; cpu: u32 = 9; socket: u32 = 9; none: u32 = 0;`,
      `    this.device = this.devices.redirect(0, XdpAction.DROP);
    this.cpu = this.cpus.redirect(1, XdpAction.TX);
    if (!this.sockets.lookup(0)) this.none = 1;
    this.socket = this.sockets.redirect(1);`,
    ),
    async (computed) => {
      expect(await computed()).toMatchObject({ device: 1, cpu: 3, socket: 0, none: 1 });
    },
  );

  computing(
    "storage of a task is made on demand, starts from its value and goes away",
    probe(
      `  @map() counts: TaskStorage<u64>;
  seen: array<u64, 4>; gone: i64 = 1; @SEC("raw_tp/sched_switch") run(ctx: RawTracepoint): i32 {
    const task = bpf_get_current_task_btf<task_struct>();
    if (!this.counts.get(task)) this.seen[0] = 1;
    const made = this.counts.get(task, { create: true, initial: 40 });
    if (made) { made.value += 2; this.seen[1] = made.value; }
    const again = this.counts.get(task, { create: false });
    if (again) this.seen[2] = again.value;
    this.gone = this.counts.delete(task);
    if (!this.counts.get(task)) this.seen[3] = 1;
    return 0;
  }`,
      {
        imports: "TaskStorage, RawTracepoint, bpf_get_current_task_btf,",
        before: `import type { task_struct } from "./vmlinux";`,
      },
    ),
    async (computed) => {
      const result = await computed({ data: null, context: new Uint8Array(24) });
      expect([...(result.seen as unknown as Iterable<bigint>)]).toEqual([1n, 42n, 42n, 1n]);
      expect(result.gone).toBe(0n);
    },
  );

  computing(
    "records are copied into a ring buffer, in part too, and through a dynptr",
    run(
      `  @map({ maxEntries: 4096 }) events: RingBuf<Event>;
  outcome: array<i64, 4>; waiting: u64 = 0; size: u32 = 3;`,
      `    this.outcome[0] = this.events.output({ a: 1, b: 2 });
    this.outcome[1] = this.events.output({ a: 3 }, 0, this.size + 1);
    const record = new Dynptr();
    this.outcome[2] = this.events.reserveDynptr(16, record);
    this.outcome[3] = bpf_dynptr_write(record, 0, this.outcome, 0, 8);
    this.events.submitDynptr(record);
    this.waiting = this.events.query(0);`,
      { before: "class Event { a: u32; b: u64; }", imports: "bpf_dynptr_write," },
    ),
    async (computed) => {
      const result = await computed();
      expect([...(result.outcome as unknown as Iterable<bigint>)]).toEqual([0n, 0n, 0n, 0n]);
      expect(result.waiting).toBe(24n + 16n + 24n);
    },
  );

  computing(
    "timers and spin locks lie in map values, as the kernel knows them",
    run(
      `  @map({ maxEntries: 1 }) slots: ArrayMap<Slot>;
  outcome: array<i64, 4>; total: u64 = 0;`,
      `    const slot = this.slots.lookup(0);
    if (!slot) return XdpAction.DROP;
    this.outcome[0] = slot.timer.init(this.slots, CLOCK_MONOTONIC);
    this.outcome[1] = slot.timer.init(this.slots, CLOCK_MONOTONIC);
    this.outcome[2] = slot.timer.start(1000);
    this.outcome[3] = slot.timer.cancel();
    bpf_spin_lock(slot.lock);
    slot.total += 5;
    bpf_spin_unlock(slot.lock);
    this.total = slot.total;`,
      {
        before: "class Slot { lock: SpinLock; timer: Timer; total: u64; }",
        imports: "CLOCK_MONOTONIC, bpf_spin_lock, bpf_spin_unlock,",
      },
    ),
    async (computed) => {
      const result = await computed();
      expect([...(result.outcome as unknown as Iterable<bigint>)]).toEqual([0n, -16n, -22n, 0n]);
      expect(result.total).toBe(5n);
    },
  );

  computing(
    "a work queue is a part of a map's value, too",
    probe(
      `  @map({ maxEntries: 1 }) slots: ArrayMap<Slot>; outcome: i64 = 9;
  @SEC("syscall") run(ctx: Input): i32 {
    const slot = this.slots.lookup(0);
    if (slot) this.outcome = slot.work.init(this.slots);
    return 0;
  }`,
      {
        before: "class Slot { work: WorkQueue; total: u64; }\nclass Input { a: u64; }",
        imports: "ArrayMap, WorkQueue,",
      },
    ),
    async (computed) => {
      expect(await computed({ data: null, context: new Uint8Array(8) })).toMatchObject({ outcome: 0n });
    },
  );

  computing(
    "every other kind of map, with each of its methods, passes the verifier",
    run(
      `  @map({ maxEntries: 4 }) socks: SockMap;
  @map({ maxEntries: 4 }) hashed: SockHash<Key>;
  @map({ maxEntries: 4 }) stacks: StackTrace;
  @map({ maxEntries: 4 }) groups: CgroupArray;
  @map() events: PerfEventArray<Event>;
  @map({ maxEntries: 4 }) shared: ReuseportSockArray;
  @map() storage: SkStorage<u64>;
  @map() attached: AttachedCgroupStorage<u64>;
  @map({ maxEntries: 4 }) devices: DevMapHash;
  n: i64 = 0;
  @SEC("sockops") established(ctx: SockOps): i32 {
    this.socks.update(ctx, 1, BPF_NOEXIST);
    this.hashed.update(ctx, { a: ctx.remote_ip4, b: ctx.local_port });
    this.n = this.hashed.delete({ a: 1 });
    return 0;
  }
  @SEC("sk_msg") sent(ctx: SkMsg): SkAction {
    if (this.socks.redirectMsg(ctx, 1, BPF_F_INGRESS) === SkAction.PASS) return SkAction.PASS;
    return this.hashed.redirectMsg(ctx, { a: ctx.remote_ip4, b: ctx.local_port }, BPF_F_INGRESS);
  }
  @SEC("sk_skb/stream_verdict") verdict(ctx: SkBuff): SkAction {
    const socket = this.socks.lookup(2);
    if (socket) bpf_sk_release(socket);
    if (this.hashed.redirectSkb(ctx, { a: 1, b: 2 }) === SkAction.DROP) return this.socks.redirectSkb(ctx, 3);
    return SkAction.PASS;
  }
  @SEC("tc") packet(ctx: SkBuff): TcAction {
    this.n = this.groups.containsSkb(ctx, 0);
    this.n += this.events.output(ctx, { a: 1, b: 2 }, BPF_F_CURRENT_CPU);
    this.n += this.events.output(ctx, { a: 1 }, BPF_F_CURRENT_CPU, 4);
    const sk = ctx.sk;
    if (sk) {
      const stored = this.storage.get(sk, { create: true });
      if (stored) stored.value += 1;
    }
    return TcAction.OK;
  }
  @SEC("perf_event") sampled(ctx: PerfEventCtx): i32 {
    this.n = bpf_get_stackid(ctx, this.stacks, 0) + this.groups.containsCurrent(1);
    return 0;
  }
  @SEC("cgroup_skb/egress") counted(ctx: SkBuff): i32 {
    this.attached.local().value += 1;
    return 1;
  }
  @SEC("sk_reuseport") picked(ctx: SkReuseport): SkAction {
    return this.shared.select(ctx, 1) === 0 ? SkAction.PASS : SkAction.DROP;
  }`,
      "    const device = this.devices.lookup(3);\n    if (device) this.n = device.ifindex;\n    return this.devices.redirect(3, XdpAction.PASS);",
      {
        before: "class Key { a: u32; b: u32; }\nclass Event { a: u32; b: u64; }",
        imports:
          "SkReuseport, PerfEventCtx, AttachedCgroupStorage, DevMapHash, bpf_get_stackid, bpf_sk_release, BPF_F_CURRENT_CPU, BPF_F_INGRESS, BPF_NOEXIST,",
      },
    ),
    async (computed) => {
      expect(await computed()).toMatchObject({ result: 2 });
    },
  );
});
