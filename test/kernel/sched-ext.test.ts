import { readFileSync } from "node:fs";
import { release } from "node:os";
import { fileURLToPath } from "node:url";
import type { RingBuf, SchedulerExit, SchedulerExitRecord, Skeleton, StructOps } from "@tsbpfc/runtime";
import { schedExt, scheduler, schedulerExit } from "@tsbpfc/runtime";
import { kernelWrites, membersCalling, schedExtFunctions, sleepableSince } from "@tsbpfc/stdlib/tables";
import { describe, expect } from "vitest";
import type { Scheduler } from "../../examples/scheduler/scheduler.skel.js";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import type { Child } from "../support/child.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";
import { declareProbe } from "../support/probe-source.js";
import { dsqs, membersChecked, SchedulerMembers } from "../support/sched-ext.js";
import { until } from "../support/until.js";

const read = (name: string): string =>
  readFileSync(new URL(`../../examples/scheduler/${name}`, import.meta.url), "utf8");
const vmlinux = read("vmlinux.d.ts");
/** One object for every kernel that has sched_ext at all. */
const options = { kernel: "6.12" };
const example = declareProbe({ "probe.bpf.ts": read("scheduler.bpf.ts"), "vmlinux.d.ts": vmlinux }, options);

/** The kernel takes one scheduler at a time. */
const NAME = "scheduler";

/** A process that computes, and says at its end how often it went round. */
const compute = (t: Bench, ms: number): Child =>
  t.spawn(process.execPath, [
    "-e",
    `let n = 0; const end = Date.now() + ${ms}; while (Date.now() < end) n++; console.log(n);`,
  ]);

interface Ended {
  readonly maps: { readonly exits: RingBuf<SchedulerExitRecord> };
}

/** The first exit that a scheduler's program tells. */
async function exitOf({ maps }: Ended): Promise<SchedulerExit | null> {
  for await (const record of maps.exits.read({ signal: AbortSignal.timeout(30_000) }))
    return schedulerExit(record);
  return null;
}

/** What the kernel says of this process. */
const scheduledByBpf = (): boolean => /ext\.enabled\s*:\s*1/.test(readFileSync("/proc/self/sched", "utf8"));

const isGone = (): Promise<void> => until(() => scheduler()?.state === "disabled", 20_000);

describe("a CPU scheduler in TypeScript", () => {
  for (const fifo of [false, true])
    kernelTest(
      `runs the machine's tasks ${fifo ? "first come, first served" : "by what they have run"}, until its link is closed`,
      { needs: [schedExt, dsqs] },
      async (t) => {
        await t.alone(NAME);
        // An emulated machine may be slow.
        const structOps = { scheduler: { timeout_ms: 30_000 } };
        const probe = await t.load<Scheduler>(example, { rodata: { fifo }, structOps });
        expect(scheduler()).toMatchObject({ state: "disabled", name: null });
        const link = probe.maps.scheduler.attach();
        t.defer(() => link.close());
        expect(scheduler()).toMatchObject({ state: "enabled", name: "tsbpfc_example", switchesAll: true });
        expect(() => probe.maps.scheduler.attach()).toThrow(/EBUSY.*'tsbpfc_example'/);

        // More than the machine has CPUs: they have to wait in the queue.
        const busy = [1, 2, 3, 4].map(() => compute(t, 1_500));
        for (const child of busy) {
          expect(await child.exited).toBe(0);
          expect(Number(child.output)).toBeGreaterThan(0);
        }
        const counts = [...(probe.maps.counts.get(0) ?? [])];
        const sum = (of: "local" | "queued" | "turns" | "ran"): number =>
          counts.reduce((total, each) => total + Number(each[of]), 0);
        expect(sum("local")).toBeGreaterThan(0);
        expect(sum("queued")).toBeGreaterThan(20);
        expect(sum("turns")).toBeGreaterThan(20);
        expect(sum("ran")).toBeGreaterThan(1e9);
        expect(probe.globals.now).toBeGreaterThan(0n);
        const early: unknown[] = [];
        probe.maps.exits.consume((record) => early.push(schedulerExit(record)));
        expect(early).toEqual([]);
        expect(scheduledByBpf()).toBe(true);

        const ended = exitOf(probe);
        link.close();
        expect(await ended).toMatchObject({ kind: "unreg", isError: false, message: "" });
        await isGone();
        expect(scheduler()?.name).toBeNull();
        expect(scheduledByBpf()).toBe(false);
        // The usual scheduler has them again.
        expect(await compute(t, 50).exited).toBe(0);
      },
    );
});

kernelTest("the example shows what it does, second by second", { needs: [schedExt, dsqs] }, async (t) => {
  await t.alone(NAME);
  const app = fileURLToPath(new URL("../../examples/scheduler/scheduler.js", import.meta.url));
  const running = t.spawn(process.execPath, [app, "--duration", "5"]);
  const busy = [1, 2, 3, 4].map(() => compute(t, 3_000));
  for (const child of busy) expect(await child.exited).toBe(0);
  expect(await running.exited, running.errors).toBe(0);
  const lines = running.output.trim().split("\n");
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line).toMatch(/^to an idle CPU \d+, queued \d+, turns \d+, ran \d+ ms$/);
  await isGone();
  t.measured = running.output;
});

type Faulty = Skeleton<
  Record<"faulty", StructOps> & { exits: RingBuf<SchedulerExitRecord> },
  object,
  { fault: number },
  { queued: bigint; dumped: number },
  {
    faulty: {
      name: string;
      flags: bigint;
      timeout_ms: number;
      dispatch_max_batch: number;
      dump: string | null;
    };
  }
>;

/** Does what a scheduler must not, once `fault` says so. */
const faulty = declareProbe(
  {
    "probe.bpf.ts": `
import { program, map, SEC, StructOps, StructOpsCtx, RingBuf, UserExitInfo, recordExit, i32, u32, u64, i64, ptr, atomic,
  SCX_DSQ_GLOBAL, SCX_SLICE_DFL, scx_bpf_dsq_insert, scx_bpf_error, scx_bpf_exit, scx_bpf_dump } from "@tsbpfc/stdlib";
import type { sched_ext_ops, scx_exit_info, task_struct } from "./vmlinux";
@program({ license: "GPL" })
export class Faulty {
  readonly fault: u32 = 0;
  queued: u64 = 0; dumped: u32 = 0;
  @map({ maxEntries: 4096 }) exits: RingBuf<UserExitInfo>;
  @map({ link: true, values: {
    name: "tsbpfc_faulty", flags: 0, timeout_ms: 0, dispatch_max_batch: 0, enqueue: "enqueue", dump: "dump", exit: "exit",
  } })
  faulty: StructOps<sched_ext_ops>;
  @SEC("struct_ops") enqueue(ctx: StructOpsCtx, p: ptr<task_struct>, flags: u64): void {
    const count = atomic.add(this.queued, 1);
    if (count > 10) {
      if (this.fault === 1) return;
      if (this.fault === 2) scx_bpf_error(\`no room for \${p.comm} after \${count}\`);
      if (this.fault === 3) scx_bpf_exit(7, "enough");
      if (this.fault === 4) {
        scx_bpf_dsq_insert(p, 77, SCX_SLICE_DFL, flags);
        return;
      }
    }
    scx_bpf_dsq_insert(p, SCX_DSQ_GLOBAL, SCX_SLICE_DFL, flags);
  }
  @SEC("struct_ops") dump(ctx: StructOpsCtx): void {
    this.dumped += 1;
    scx_bpf_dump(\`queued \${this.queued}\`);
  }
  @SEC("struct_ops.s") exit(ctx: StructOpsCtx, info: ptr<scx_exit_info>): void {
    const record = this.exits.reserve();
    if (!record) return;
    recordExit(record, info);
    this.exits.submit(record);
  }
}
`,
    "vmlinux.d.ts": vmlinux,
  },
  options,
);

const faults = [
  {
    name: "lets tasks wait for longer than its timeout_ms",
    fault: 1,
    exit: { kind: "error_stall", isError: true, reason: "runnable task stall" },
    message: /failed to run for \d/,
  },
  {
    name: "calls scx_bpf_error()",
    fault: 2,
    exit: { kind: "error_bpf", isError: true, reason: "scx_bpf_error" },
    message: /^no room for \S+.* after \d+$/,
  },
  {
    name: "queues a task where there is no queue",
    fault: 4,
    exit: { kind: "error", isError: true, reason: "runtime error" },
    message: /DSQ/,
  },
  {
    name: "calls scx_bpf_exit()",
    fault: 3,
    exit: { kind: "unreg_bpf", isError: false, code: 7n },
    message: /^enough$/,
  },
] as const;

describe("the kernel throws a scheduler out, and Node is told why, if it", () => {
  for (const { name, fault, exit, message } of faults)
    kernelTest(name, { needs: [schedExt] }, async (t) => {
      await t.alone(NAME);
      const probe = await t.load<Faulty>(faulty, {
        rodata: { fault },
        structOps: { faulty: { timeout_ms: 1000, name: `tsbpfc_fault${fault}` } },
      });
      const link = probe.maps.faulty.attach();
      t.defer(() => link.close());
      const ended = exitOf(probe);
      const busy = [1, 2, 3, 4].map(() => compute(t, 1_000));
      const told = await ended;
      expect(told).toMatchObject(exit);
      expect(told?.message).toMatch(message);
      expect(told?.text).toContain(`(${exit.kind}`);
      await isGone();
      for (const child of busy) expect(await child.exited).toBe(0);
      expect(probe.globals.queued).toBeGreaterThan(0n);
      expect(probe.globals.dumped).toBe(exit.isError ? 1 : 0);
      link.close();
    });
});

type InC = Skeleton<
  Record<"simple", StructOps>,
  object,
  object,
  Record<"queued" | "turns" | "tasks" | "released" | "cgroups" | "moved", bigint> & {
    uei: SchedulerExitRecord;
  },
  { simple: { name: string; timeout_ms: number; running: string | null } }
>;

describe("a CPU scheduler of clang's", () => {
  kernelTest("is told of tasks and cgroups, and why it ended", { needs: [schedExt] }, async (t) => {
    await t.alone(NAME);
    const probe = fixtureSkeleton<InC>("scheduler").open({
      structOps: { simple: { name: "tsbpfc_in_c", timeout_ms: 30_000 } },
    });
    t.defer(() => probe.close());
    expect(probe.structOps.simple).toMatchObject({ name: "tsbpfc_in_c", running: null });
    probe.load();
    const link = probe.maps.simple.attach();
    t.defer(() => link.close());
    expect(scheduler()).toMatchObject({ state: "enabled", name: "tsbpfc_in_c" });
    expect(schedulerExit(probe.globals.uei)).toBeNull();
    const tasks = probe.globals.tasks;
    expect(tasks).toBeGreaterThan(1n);
    const busy = [1, 2, 3, 4].map(() => compute(t, 500));
    for (const child of busy) expect(await child.exited).toBe(0);
    expect(probe.globals.queued).toBeGreaterThan(0n);
    expect(probe.globals.turns).toBeGreaterThan(0n);
    // The root at least.
    expect(probe.globals.cgroups).toBeGreaterThan(0n);
    link.close();
    await isGone();
    expect(probe.globals).toMatchObject({ tasks: 0n, cgroups: 0n });
    expect(schedulerExit(probe.globals.uei)).toMatchObject({ kind: "unreg", isError: false });
  });
});

describe("a scheduler's values, set by Node before load", () => {
  kernelTest("leave it the tasks of SCHED_EXT alone, by a flag", { needs: [schedExt] }, async (t) => {
    await t.alone(NAME);
    const probe = await t.open<Faulty>(faulty);
    const { faulty: ops } = probe.structOps;
    expect(ops).toMatchObject({ name: "tsbpfc_faulty", flags: 0n, timeout_ms: 0, dump: "dump" });
    ops.flags = 8n; // SCX_OPS_SWITCH_PARTIAL
    ops.dispatch_max_batch = 4;
    ops.dump = null;
    probe.load();
    const link = probe.maps.faulty.attach();
    t.defer(() => link.close());
    expect(scheduler()).toMatchObject({ state: "enabled", name: "tsbpfc_faulty", switchesAll: false });
    expect(await compute(t, 200).exited).toBe(0);
    expect(scheduledByBpf()).toBe(false);
    expect(probe.globals.queued).toBe(0n);
    link.close();
    await isGone();
  });

  kernelTest("are refused by the kernel where it knows them not", { needs: [schedExt] }, async (t) => {
    await t.alone(NAME);
    const probe = await t.load<Faulty>(faulty, { structOps: { faulty: { timeout_ms: 60_000 } } });
    // 30 s are the most (SCX_WATCHDOG_MAX_TIMEOUT): said when the struct is registered.
    expect(() => probe.maps.faulty.attach()).toThrow(/E2BIG/);
    expect(scheduler()?.state).toBe("disabled");
  });
});

describe("the standard library's tables of schedulers, asked of this kernel", () => {
  kernelTest("members that may sleep", { needs: [schedExt] }, () => {
    const members = new SchedulerMembers();
    const usable = members.names.filter((name) => members.mayDoNothing(name));
    expect(usable.length).toBeGreaterThan(25);
    const expected = usable.filter((name) => isAtLeast(release(), sleepableSince(name) ?? "1000.0"));
    expect(usable.filter((name) => members.maySleep(name))).toEqual(expected);
  });

  kernelTest("members that may call a function", { needs: [schedExt, membersChecked] }, () => {
    const members = new SchedulerMembers();
    const usable = members.names.filter((name) => members.mayDoNothing(name));
    const wrong = Object.keys(schedExtFunctions)
      .filter((name) => members.hasFunction(name))
      .flatMap((name) => {
        const may = membersCalling(name);
        // It sleeps: of members that may not, nothing else is said.
        const asked = name === "scx_bpf_create_dsq" ? [] : usable;
        return asked
          .filter((member) => members.mayCall(member, name) !== (may === null || may.includes(member)))
          .map((member) => `${name} in ${member}`);
      });
    expect(wrong).toEqual([]);
  });
});

const WRITTEN = kernelWrites.sched_ext_ops?.sched_ext_entity ?? [];
const writing = (field: string, value: string) =>
  declareProbe(
    {
      "probe.bpf.ts": `
import { program, map, SEC, StructOps, StructOpsCtx, i32, ptr } from "@tsbpfc/stdlib";
import type { sched_ext_ops, task_struct } from "./vmlinux";
@program({ license: "GPL" })
export class Writing {
  @map({ link: true, values: { name: "tsbpfc_writing", flags: 8, init_task: "begin" } }) writing: StructOps<sched_ext_ops>;
  @SEC("struct_ops") begin(ctx: StructOpsCtx, p: ptr<task_struct>): i32 {
    p.scx.${field} = ${value};
    return 0;
  }
}
`,
      "vmlinux.d.ts": vmlinux.replace("slice: u64;", "slice: u64; disallow: boolean;"),
    },
    options,
  );
const writes = [
  { field: "slice", probe: writing("slice", "5_000_000") },
  { field: "dsq_vtime", probe: writing("dsq_vtime", "1") },
  { field: "disallow", probe: writing("disallow", "false") },
];

describe("a field of a task that schedulers may write", () => {
  for (const { field, probe } of writes)
    kernelTest(`${field}: the kernel takes the program, and runs it`, { needs: [schedExt] }, async (t) => {
      expect(WRITTEN).toContain(field);
      await t.alone(NAME);
      const loaded = await t.load<Skeleton<Record<"writing", StructOps>, object, object, object>>(probe);
      const link = loaded.maps.writing.attach();
      t.defer(() => link.close());
      expect(scheduler()).toMatchObject({ state: "enabled", name: "tsbpfc_writing" });
      link.close();
      await isGone();
    });
});
