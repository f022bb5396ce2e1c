import { fentry, kprobeSession, type Skeleton, type SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

type Loaded<P extends string, G extends object = object> = Skeleton<
  object,
  Record<P, SkeletonProgram>,
  object,
  G
>;

const INPUT = "class Input { a: u64; }";
/** What a program of section `syscall` returns. */
const call = (program: SkeletonProgram): number =>
  program.testRun({ context: new Uint8Array(8) }).returnValue | 0;

const texts = declareProbe({
  "probe.bpf.ts": probe(
    `  text: str<16> = "Hello"; readonly part: str<8> = "LO";
  @SEC("syscall") equal(ctx: Input): i32 { return bpf_strcasecmp(this.text, "hELLO"); }
  @SEC("syscall") first(ctx: Input): i32 { return bpf_strncasecmp(this.text, "helsinki", 3); }
  @SEC("syscall") found(ctx: Input): i32 { return bpf_strcasestr(this.text, this.part); }
  @SEC("syscall") early(ctx: Input): i32 { return bpf_strncasestr(this.text, this.part, 3); }`,
    { imports: "bpf_strcasecmp, bpf_strncasecmp, bpf_strcasestr, bpf_strncasestr,", before: INPUT },
  ),
});

const parts = declareProbe({
  "probe.bpf.ts": probe(
    `  text: str<16> = "hello";
  @SEC("syscall") within(ctx: Input): i32 { return bpf_strnchr(this.text, 4, 0x6f); }
  @SEC("syscall") end(ctx: Input): i32 { return bpf_strchrnul(this.text, 0x7a); }
  @SEC("syscall") part(ctx: Input): i32 { return bpf_strnstr(this.text, "llo", 5); }`,
    { imports: "bpf_strnchr, bpf_strchrnul, bpf_strnstr,", before: INPUT },
  ),
});

const groups = declareProbe({
  "probe.bpf.ts": probe(
    `  id: u64 = 0; found: u32 = 0; pid: i32 = 0; mapped: u64 = 0; inside: i32 = 0;
  @SEC("syscall") below(ctx: Input): i32 {
    const root = bpf_cgroup_from_id(1);
    if (!root) return -1;
    bpf_rcu_read_lock();
    for (const css of bpf_iter_css(addr(root.self), 2)) {
      if (css.cgroup.level >= 0) this.found += 1;
    }
    bpf_rcu_read_unlock();
    bpf_cgroup_release(root);
    return 0;
  }
  @SEC("syscall") tasks(ctx: Input): i32 {
    const task = bpf_task_from_vpid(this.pid);
    if (!task) return -1;
    const root = bpf_cgroup_from_id(1);
    if (root) {
      this.inside = i32(bpf_task_under_cgroup(task, root));
      bpf_cgroup_release(root);
    }
    for (const vma of bpf_iter_task_vma(task, 0)) {
      this.mapped += vma.vm_end - vma.vm_start;
    }
    bpf_task_release(task);
    return 0;
  }`,
    {
      imports: `addr, bpf_iter_css, bpf_iter_task_vma, bpf_cgroup_from_id, bpf_cgroup_release, bpf_rcu_read_lock, bpf_rcu_read_unlock,
        bpf_task_from_vpid, bpf_task_under_cgroup, bpf_task_release,`,
      before: INPUT,
    },
  ),
});

const buffers = declareProbe({
  "probe.bpf.ts": probe(
    `  bytes: u64 = 0;
  @SEC("syscall") all(ctx: Input): i32 {
    for (const buffer of bpf_iter_dmabuf()) this.bytes += buffer.size;
    return 7;
  }`,
    { imports: "bpf_iter_dmabuf,", before: INPUT },
  ),
});

const memory = declareProbe({
  "probe.bpf.ts": probe(
    `  used: u64 = 1;
  @SEC("syscall") root(ctx: Input): i32 {
    const memory = bpf_get_root_mem_cgroup();
    if (!memory) return -1;
    this.used = bpf_mem_cgroup_usage(memory);
    bpf_put_mem_cgroup(memory);
    return 0;
  }`,
    { imports: "bpf_get_root_mem_cgroup, bpf_mem_cgroup_usage, bpf_put_mem_cgroup,", before: INPUT },
  ),
});

const packets = declareProbe({
  "probe.bpf.ts": probe(
    `  @SEC("xdp") pull(ctx: XdpMd): XdpAction {
    return bpf_xdp_pull_data(ctx, 20) === 0 ? XdpAction.PASS : XdpAction.DROP;
  }
  @SEC("tc") meta(ctx: SkBuff): i32 {
    const meta = new Dynptr();
    return bpf_dynptr_from_skb_meta(ctx, 0, meta) ? -1 : i32(bpf_dynptr_size(meta));
  }`,
    { imports: "Dynptr, bpf_xdp_pull_data, bpf_dynptr_from_skb_meta, bpf_dynptr_size," },
  ),
});

const timers = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 1 }) values: ArrayMap<Value>;
  @SEC("tc") run(ctx: SkBuff): i32 {
    const value = this.values.lookup(0);
    if (!value) return -1;
    value.timer.init(this.values, 1);
    value.timer.setCallback(() => 0);
    value.timer.start(3600000000000);
    return bpf_timer_cancel_async(value.timer);
  }`,
    { imports: "ArrayMap, Timer, bpf_timer_cancel_async,", before: "class Value { timer: Timer; n: u64; }" },
  ),
});

const icmp = declareProbe({
  "probe.bpf.ts": probe(
    `  sent: i32 = 1;
  @SEC("cgroup_skb/egress") run(ctx: SkBuff): i32 {
    this.sent = bpf_icmp_send(ctx, 3, 1);
    return 1;
  }`,
    { imports: "bpf_icmp_send," },
  ),
});

const session = probe(
  `  entered: u32 = 0; returned: u32 = 0; carried: u64 = 0;
  @SEC("fentry/bpf_fentry_test1") entry(ctx: TracingCtx): i32 { return 0; }
  @SEC("kprobe.session/bpf_fentry_test1") run(ctx: PtRegs): i32 {
    const cookie = bpf_session_cookie(ctx);
    if (bpf_session_is_return(ctx)) {
      this.returned += 1;
      this.carried = cookie.value;
    } else {
      this.entered += 1;
      cookie.value = 42;
    }
    return 0;
  }`,
  { imports: "PtRegs, TracingCtx, bpf_session_cookie, bpf_session_is_return," },
);

describe("functions that newer kernels have for programs", () => {
  kernelTest("compare texts without regard to case", {}, async (t) => {
    const { programs } = await t.load<Loaded<"equal" | "first" | "found" | "early">>(texts);
    expect([programs.equal, programs.first, programs.found, programs.early].map(call)).toEqual([0, 0, 3, -2]);
  });
  kernelTest("search the beginning of a text", {}, async (t) => {
    const { programs } = await t.load<Loaded<"within" | "end" | "part">>(parts);
    expect([programs.within, programs.end, programs.part].map(call)).toEqual([-2, 5, 2]);
  });
  kernelTest("go through cgroups, and a task's mappings", {}, async (t) => {
    const { programs, globals } =
      await t.load<Loaded<"below" | "tasks", { found: number; pid: number; mapped: bigint; inside: number }>>(
        groups,
      );
    expect(call(programs.below)).toBe(0);
    expect(globals.found).toBeGreaterThan(0);
    globals.pid = process.pid;
    expect(call(programs.tasks)).toBe(0);
    expect(globals.inside).toBe(1);
    expect(globals.mapped).toBeGreaterThan(1_000_000n);
  });
  kernelTest("go through the buffers that devices share", {}, async (t) => {
    expect(call((await t.load<Loaded<"all">>(buffers)).programs.all)).toBe(7);
  });
  kernelTest("tell what memory cgroups use", {}, async (t) => {
    const { programs, globals } = await t.load<Loaded<"root", { used: bigint }>>(memory);
    expect(call(programs.root)).toBe(0);
    expect(globals.used % 4096n).toBe(0n);
  });
  kernelTest("bring a frame together, and show a packet's metadata", {}, async (t) => {
    const { programs } = await t.load<Loaded<"pull" | "meta">>(packets);
    const data = new Uint8Array(64);
    expect(programs.pull.testRun({ data }).returnValue).toBe(2);
    expect(programs.meta.testRun({ data }).returnValue).toBe(0);
  });
  kernelTest("stop a timer without waiting", {}, async (t) => {
    const { programs } = await t.load<Loaded<"run">>(timers);
    expect(programs.run.testRun({ data: new Uint8Array(64) }).returnValue).toBe(1);
  });
  kernelTest("let a cgroup's program answer by ICMP", {}, async (t) => {
    const { programs } = await t.load<Loaded<"run">>(icmp);
    expect(programs.run.program.fd).toBeGreaterThan(0);
  });

  // Linux 7.0 wants the context.
  const ofOlder = declareProbe({ "probe.bpf.ts": session }, { kernel: "6.10" });
  kernelTest(
    "tell an object for Linux 6.10 where a session is, and carry its cookie",
    { needs: [fentry, kprobeSession] },
    async (t) => {
      const { programs, globals } =
        await t.load<Loaded<"entry" | "run", { entered: number; returned: number; carried: bigint }>>(
          ofOlder,
        );
      programs.run.attach();
      programs.entry.testRun();
      expect([globals.entered, globals.returned, globals.carried]).toEqual([1, 1, 42n]);
    },
  );
});
