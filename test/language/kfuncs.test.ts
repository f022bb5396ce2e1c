import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

type Loaded<P extends string, G extends object = object> = Skeleton<
  object,
  Record<P, SkeletonProgram>,
  object,
  G
>;

/** A program's result for a packet of 64 bytes. */
const run = (program: SkeletonProgram): number =>
  program.testRun({ data: new Uint8Array(64).fill(9) }).returnValue | 0;
/** What a program of section `syscall` returns. */
const call = (program: SkeletonProgram): number =>
  program.testRun({ context: new Uint8Array(8) }).returnValue | 0;

const INPUT = "class Input { a: u64; }";

const packets = declareProbe({
  "probe.bpf.ts": probe(
    `  proto: u16 = 0; size: u32 = 0;
  @SEC("xdp") frame(ctx: XdpMd): XdpAction {
    const packet = new Dynptr();
    if (bpf_dynptr_from_xdp(ctx, 0, packet)) return XdpAction.ABORTED;
    const eth = bpf_dynptr_slice(packet, 0, new EthHdr(), sizeof(EthHdr));
    if (!eth) return XdpAction.DROP;
    this.proto = eth.h_proto;
    const room = bpf_dynptr_slice_rdwr<EthHdr>(packet, 0, null, 14);
    if (!room) return XdpAction.DROP;
    room.h_dest[0] = 1;
    return XdpAction.PASS;
  }
  @SEC("tc") part(ctx: SkBuff): i32 {
    const packet = new Dynptr();
    const rest = new Dynptr();
    if (bpf_dynptr_from_skb(ctx, 0, packet) || bpf_dynptr_clone(packet, rest)) return -1;
    if (bpf_dynptr_adjust(rest, 4, 20)) return -2;
    this.size = bpf_dynptr_size(rest);
    return bpf_dynptr_is_null(rest) || bpf_dynptr_is_rdonly(rest) ? -3 : 0;
  }`,
    {
      imports: `Dynptr, EthHdr, bpf_dynptr_from_xdp, bpf_dynptr_from_skb, bpf_dynptr_slice, bpf_dynptr_slice_rdwr, bpf_dynptr_clone,
        bpf_dynptr_adjust, bpf_dynptr_size, bpf_dynptr_is_null, bpf_dynptr_is_rdonly,`,
    },
  ),
});

const filled = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) values: ArrayMap<Value>;
  @SEC("tc") fill(ctx: SkBuff): i32 {
    const value = this.values.lookup(0);
    if (!value) return -1;
    const all = new Dynptr();
    bpf_dynptr_from_mem(value.bytes, 0, all);
    if (bpf_dynptr_memset(all, 0, 64, 7)) return -2;
    const packet = new Dynptr();
    if (bpf_dynptr_from_skb(ctx, 0, packet) || bpf_dynptr_copy(all, 0, packet, 0, 10)) return -3;
    return value.bytes[9] * 100 + value.bytes[10];
  }`,
    {
      imports:
        "ArrayMap, Dynptr, bpf_dynptr_from_mem, bpf_dynptr_from_skb, bpf_dynptr_copy, bpf_dynptr_memset,",
      before: "class Value { bytes: array<u8, 64>; }",
    },
  ),
});

const texts = declareProbe({
  "probe.bpf.ts": probe(
    `  text: str<16> = "hello"; readonly part: str<8> = "lo";
  @SEC("syscall") equal(ctx: Input): i32 { return bpf_strcmp(this.text, "hello"); }
  @SEC("syscall") length(ctx: Input): i32 { return bpf_strlen(this.text); }
  @SEC("syscall") found(ctx: Input): i32 { return bpf_strstr(this.text, this.part); }
  @SEC("syscall") missing(ctx: Input): i32 { return bpf_strchr(this.text, 0x7a); }`,
    { imports: "bpf_strcmp, bpf_strlen, bpf_strstr, bpf_strchr,", before: INPUT },
  ),
});

const parts = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) values: ArrayMap<Value>;
  @SEC("tc") preempt(ctx: SkBuff): i32 {
    bpf_preempt_disable();
    const n = ctx.len;
    bpf_preempt_enable();
    return n > 0 ? 1 : 0;
  }
  @SEC("tc") thrown(ctx: SkBuff): i32 {
    this.deep(ctx.len);
    return 2;
  }
  deep(length: u32): void { if (length > 10) bpf_throw(33); }`,
    {
      imports: "ArrayMap, bpf_preempt_disable, bpf_preempt_enable, bpf_throw,",
      before: "class Value { n: u64; }",
    },
  ),
});

const newer = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) values: ArrayMap<Value>;
  @SEC("tc") irq(ctx: SkBuff): i32 {
    let flags: u64 = 0;
    bpf_local_irq_save(addr(flags));
    const n = ctx.len;
    bpf_local_irq_restore(addr(flags));
    return n > 0 ? 1 : 0;
  }
  @SEC("tc") lock(ctx: SkBuff): i32 {
    const value = this.values.lookup(0);
    if (!value || bpf_res_spin_lock(value.lock)) return -1;
    value.n += 21;
    bpf_res_spin_unlock(value.lock);
    return i32(value.n);
  }`,
    {
      imports:
        "ArrayMap, ResSpinLock, addr, bpf_local_irq_save, bpf_local_irq_restore, bpf_res_spin_lock, bpf_res_spin_unlock,",
      before: "class Value { lock: ResSpinLock; n: u64; }",
    },
  ),
});

const masks = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) slots: ArrayMap<Slot>;
  @SEC("syscall") count(ctx: Input): i32 {
    const mask = bpf_cpumask_create();
    if (!mask) return -1;
    bpf_cpumask_set_cpu(0, mask);
    const again = bpf_cpumask_test_and_set_cpu(0, mask);
    const weight = bpf_cpumask_weight(mask.cpumask) * 10 + bpf_cpumask_first(mask.cpumask);
    bpf_cpumask_release(mask);
    return again ? i32(weight) : -2;
  }
  @SEC("syscall") keep(ctx: Input): i32 {
    const slot = this.slots.lookup(0);
    const mask = bpf_cpumask_create();
    if (!mask) return -1;
    if (!slot) {
      bpf_cpumask_release(mask);
      return -2;
    }
    bpf_cpumask_set_cpu(0, mask);
    const old = bpf_kptr_xchg(slot.mask, mask);
    if (old) bpf_cpumask_release(old);
    bpf_rcu_read_lock();
    const kept = slot.mask;
    const is = kept ? bpf_cpumask_test_cpu(0, kept.cpumask) : false;
    bpf_rcu_read_unlock();
    return is ? 1 : 0;
  }`,
    {
      imports: `ArrayMap, kptr, bpf_kptr_xchg, bpf_rcu_read_lock, bpf_rcu_read_unlock, bpf_cpumask_create, bpf_cpumask_release,
        bpf_cpumask_set_cpu, bpf_cpumask_test_and_set_cpu, bpf_cpumask_test_cpu, bpf_cpumask_weight, bpf_cpumask_first,`,
      before: `import type { bpf_cpumask } from "./vmlinux";\n${INPUT}\nclass Slot { mask: kptr<bpf_cpumask>; }`,
    },
  ),
});

const iterators = declareProbe({
  "probe.bpf.ts": probe(
    `  mask: u64 = 0x15; found: u32 = 0; pid: i32 = 0;
  @SEC("syscall") bits(ctx: Input): i32 {
    const words: u64 = this.mask;
    let sum = 0;
    for (const bit of bpf_iter_bits(addr(words), 1)) {
      if (bit === 2) continue;
      sum += bit;
    }
    return i32(sum);
  }
  @SEC("syscall") tasks(ctx: Input): i32 {
    bpf_rcu_read_lock();
    for (const { tgid } of bpf_iter_task<task_struct>(null, 0)) {
      if (tgid !== this.pid) continue;
      this.found += 1;
      break;
    }
    bpf_rcu_read_unlock();
    return i32(this.found);
  }`,
    {
      imports: "addr, bpf_rcu_read_lock, bpf_rcu_read_unlock, bpf_iter_bits, bpf_iter_task,",
      before: `import type { task_struct } from "./vmlinux";
${INPUT}`,
    },
  ),
});

const written = declareProbe({
  "probe.bpf.ts": probe(
    `  found: u32 = 0; pid: i32 = 0;
  @SEC("syscall") written(ctx: Input): i32 {
    const it = new Tasks();
    bpf_rcu_read_lock();
    bpf_iter_task_new(it, null, 0);
    for (;;) {
      const task = bpf_iter_task_next(it);
      if (!task) break;
      if (task.tgid === this.pid) this.found += 1;
    }
    bpf_iter_task_destroy(it);
    bpf_rcu_read_unlock();
    return i32(this.found);
  }`,
    {
      imports: "bpf_rcu_read_lock, bpf_rcu_read_unlock,",
      before: `import type { task_struct } from "./vmlinux";
${INPUT}
class Tasks { opaque: array<u64, 3>; }
declare function bpf_iter_task_new(it: Tasks, task: ptr<task_struct> | null, flags: u32): i32;
declare function bpf_iter_task_next(it: Tasks): ptr<task_struct> | null;
declare function bpf_iter_task_destroy(it: Tasks): void;`,
    },
  ),
});

const contexts = declareProbe({
  "probe.bpf.ts": probe(
    `  @SEC("tc") kernels(ctx: SkBuff): i32 {
    const skb = cast<ptr<sk_buff>>(bpf_cast_to_kern_ctx(ctx));
    return i32(skb.len - ctx.len);
  }`,
    {
      imports: "cast,",
      before: `import type { sk_buff } from "./vmlinux";
declare function bpf_cast_to_kern_ctx(ctx: object): object;`,
    },
  ),
});

describe("functions of the kernel", () => {
  kernelTest("read and write a packet through a dynptr, as the type that the buffer has", {}, async (t) => {
    const { programs, globals } =
      await t.load<Loaded<"frame" | "part", { proto: number; size: number }>>(packets);
    const { returnValue, dataOut } = programs.frame.testRun({ data: new Uint8Array(64).fill(9) });
    expect(returnValue).toBe(2);
    expect(globals.proto).toBe(0x0909);
    expect(dataOut?.[0]).toBe(1);
    expect(run(programs.part)).toBe(0);
    expect(globals.size).toBe(16);
  });
  kernelTest("fill and copy dynptrs", {}, async (t) => {
    expect(run((await t.load<Loaded<"fill">>(filled)).programs.fill)).toBe(907);
  });
  kernelTest("compare texts, written out or in memory", {}, async (t) => {
    const { programs } = await t.load<Loaded<"equal" | "length" | "found" | "missing">>(texts);
    expect([programs.equal, programs.length, programs.found, programs.missing].map(call)).toEqual([
      0, 5, 3, -2,
    ]);
  });
  kernelTest("keep other tasks away, and end a program from within", {}, async (t) => {
    const { programs } = await t.load<Loaded<"preempt" | "thrown">>(parts);
    expect([programs.preempt, programs.thrown].map(run)).toEqual([1, 33]);
  });
  kernelTest("keep interrupts away, and take a lock that may be refused", {}, async (t) => {
    const { programs } = await t.load<Loaded<"irq" | "lock">>(newer);
    expect([programs.irq, programs.lock, programs.lock].map(run)).toEqual([1, 21, 42]);
  });
  kernelTest("make sets of CPUs, which a kptr keeps", {}, async (t) => {
    const { programs } = await t.load<Loaded<"count" | "keep">>(masks);
    expect([programs.count, programs.keep, programs.keep].map(call)).toEqual([10, 1, 1]);
  });
  kernelTest("go through bits and tasks by for … of", {}, async (t) => {
    const { programs, globals } =
      await t.load<Loaded<"bits" | "tasks", { pid: number; found: number }>>(iterators);
    expect(call(programs.bits)).toBe(4);
    globals.pid = process.pid;
    expect(call(programs.tasks)).toBe(1);
  });
  kernelTest("are an iterator's, called one by one", {}, async (t) => {
    const { programs, globals } = await t.load<Loaded<"written", { pid: number; found: number }>>(written);
    globals.pid = process.pid;
    expect(call(programs.written)).toBe(1);
  });
  kernelTest("give what is declared as an object, to be cast", {}, async (t) => {
    expect(run((await t.load<Loaded<"kernels">>(contexts)).programs.kernels)).toBe(0);
  });
});
