import { readFileSync } from "node:fs";
import type {
  HashMap,
  IterLink,
  PerfEventArray,
  Skeleton,
  SkeletonProgram,
  StackTrace,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, type ProbeSource } from "../support/probe-source.js";

const read = (name: string): string => readFileSync(new URL(`../samples/${name}`, import.meta.url), "utf8");
/** A sample of the dialect, as it is. */
const sample = (name: string): ProbeSource =>
  declareProbe({ "probe.bpf.ts": read(`${name}.bpf.ts`), "vmlinux.d.ts": read("vmlinux.d.ts") });

describe("the sample execargs", () => {
  const execargs = sample("execargs");
  type ExecArgs = Skeleton<
    { events: PerfEventArray<unknown> },
    Record<"enter", SkeletonProgram>,
    object,
    object
  >;

  kernelTest("sends every argument of an execve, and only as many bytes as they need", {}, async (t) => {
    const tracing = await t.load<ExecArgs>(execargs);
    tracing.maps.events.open();
    tracing.attach();
    const child = t.spawn("/bin/true", ["one", "two words", "x".repeat(100)]);
    await child.exited;
    const seen: { count: number; text: string; slack: number }[] = [];
    tracing.maps.events.consumeRaw((view, at, length) => {
      const [pid, count, size] = [0, 4, 8].map((offset) => view.getUint32(at + offset, true));
      if (pid !== child.pid || count === undefined || size === undefined) return;
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at + 12, size);
      seen.push({ count, text: new TextDecoder().decode(bytes), slack: length - 12 - size });
    });
    // No empty one: bpf_probe_read_user_str gives 0 for it before Linux 6.13, and the sample ends there.
    const args = ["/bin/true", "one", "two words", "x".repeat(100)];
    expect(seen).toEqual([{ count: 4, text: `${args.join("\0")}\0`, slack: expect.any(Number) }]);
    expect(seen[0]?.slack).toBeLessThan(8);
  });
});

describe("the sample hooks", () => {
  const hooks = sample("hooks");
  interface StackKey {
    readonly pid: number;
    readonly kernel: number;
    readonly user: number;
    readonly comm: string;
  }
  type Hooks = Skeleton<
    { samples: HashMap<StackKey, bigint>; stacks: StackTrace },
    Record<"unlink" | "unlinked" | "open" | "connect" | "profile" | "tasks", SkeletonProgram>,
    object,
    object
  >;
  // What this kernel may not have: fentry, fexit and LSM are tested where they are (arguments.test.ts).
  const without = { unlink: { autoload: false }, unlinked: { autoload: false }, open: { autoload: false } };

  kernelTest("prints each task by an iterator, with the task's name", {}, async (t) => {
    const hooked = await t.load<Hooks>(hooks, { programs: without });
    const link = hooked.programs.tasks.attach() as IterLink;
    const lines = [...link.output().lines()];
    link.close();
    const comm = readFileSync("/proc/self/comm", "utf8").trim();
    expect(lines).toContain(`${process.pid} ${comm}`);
  });

  kernelTest("refuses a connection in a cgroup by what the socket address says", {}, async (t) => {
    const hooked = await t.load<Hooks>(hooks, { programs: without });
    const cgroup = t.cgroup();
    hooked.programs.connect.attach({ cgroup: cgroup.path });
    const connecting = async (host: string): Promise<string> => {
      const script = `require("node:net").connect(0, "${host}").on("error", (e) => console.log(e.code));`;
      const child = t.spawn(process.execPath, ["-e", script], { cgroup });
      expect(await child.exited, child.errors).toBe(0);
      return child.output.trim();
    };
    expect(await connecting("127.0.0.1")).toBe("EPERM");
    expect(await connecting("127.0.0.2")).not.toBe("EPERM");
  });

  kernelTest("counts a busy process's stacks, and names them by number", {}, async (t) => {
    const hooked = await t.load<Hooks>(hooks, { programs: without });
    const busy = t.spawn(process.execPath, ["-e", "const end = Date.now() + 700; while (Date.now() < end);"]);
    hooked.programs.profile.attach({ sampling: { frequency: 499 }, pid: busy.pid });
    await busy.exited;
    const samples = [...hooked.maps.samples].filter(([key]) => key.pid === busy.pid);
    expect(samples.reduce((sum, [, count]) => sum + count, 0n)).toBeGreaterThan(5n);
    const inUser = samples.find(([key]) => key.user >= 0);
    expect(inUser && hooked.maps.stacks.get(inUser[0].user)?.length).toBeGreaterThan(0);
  });
});
