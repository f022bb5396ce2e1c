import { readFileSync } from "node:fs";
import { parseObject } from "@tsbpfc/loader";
import { describe, expect } from "vitest";
import type { ExecEvent, ExecSnoop } from "../../examples/execsnoop/execsnoop.skel.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, type ProbeSource } from "../support/probe-source.js";

const example = new URL("../../examples/execsnoop/", import.meta.url);
const source = readFileSync(new URL("execsnoop.bpf.ts", example), "utf8");
const vmlinux = readFileSync(new URL("vmlinux.d.ts", example), "utf8");
const otherOrder = vmlinux.replace(
  /export interface task_struct \{.*\}/,
  "export interface task_struct { readonly comm: str<16>; readonly flags: u32; readonly prio: i32; readonly tgid: i32; readonly static_prio: i32; readonly real_parent: task_struct; readonly pid: i32; readonly __state: u32; }",
);

const execsnoop = declareProbe({ "probe.bpf.ts": source, "vmlinux.d.ts": vmlinux });
const reordered = declareProbe({ "probe.bpf.ts": source, "vmlinux.d.ts": otherOrder });
const bare = declareProbe({ "probe.bpf.ts": source });

/** Runs a command that does nothing else than being executed; its pid. */
async function execute(t: Bench, command: string, ...args: string[]): Promise<number> {
  const child = t.spawn(command, args);
  await child.exited;
  return child.pid;
}

/** The events of this test's children, while it runs `work`. */
async function observe(
  t: Bench,
  probe: ProbeSource,
  work: () => Promise<void>,
): Promise<{ events: ExecEvent[]; execs: bigint }> {
  const snoop = await t.load<ExecSnoop>(probe);
  snoop.attach();
  const before = snoop.globals.execs;
  const stop = new AbortController();
  const events: ExecEvent[] = [];
  const reading = (async () => {
    for await (const event of snoop.maps.events.read({ signal: stop.signal }))
      if (event.ppid === process.pid) events.push(event);
  })();
  await work();
  snoop.maps.events.consume((event) => {
    if (event.ppid === process.pid) events.push(event);
  });
  stop.abort();
  await reading;
  return { events, execs: snoop.globals.execs - before };
}

describe("execsnoop", () => {
  kernelTest(
    "shows exactly the processes that were executed, with pid, ppid, uid, comm, filename and result",
    {},
    async (t) => {
      const pids: number[] = [];
      const { events, execs } = await observe(t, execsnoop, async () => {
        pids.push(await execute(t, "/bin/true"));
        pids.push(await execute(t, "/bin/sh", "-c", "exit 3"));
      });
      expect(events.map(({ startNs: _, ...event }) => event)).toEqual([
        { pid: pids[0], ppid: process.pid, uid: 0, retval: 0, comm: "true", filename: "/bin/true" },
        { pid: pids[1], ppid: process.pid, uid: 0, retval: 0, comm: "sh", filename: "/bin/sh" },
      ]);
      expect(events.every((e) => e.startNs > 0n)).toBe(true);
      expect(execs).toBeGreaterThanOrEqual(2n);
    },
  );

  kernelTest("shows a program that is not there with its errno, -2 (ENOENT)", {}, async (t) => {
    const { events } = await observe(t, execsnoop, async () => {
      await expect(t.spawn("/bin/there-is-no-such-program").exited).rejects.toThrow("ENOENT");
    });
    expect(events.map((e) => [e.retval, e.filename])).toEqual([[-2, "/bin/there-is-no-such-program"]]);
  });

  kernelTest("reports nothing of others when it watches one process", {}, async (t) => {
    const snoop = await t.load<ExecSnoop>(execsnoop, { rodata: { targetPid: 0x7fff_fff0 } });
    snoop.attach();
    await execute(t, "/bin/true");
    expect(snoop.maps.events.pending).toBe(0);
    expect([...snoop.maps.pending.keys()]).toEqual([]);
  });

  kernelTest(
    "reads task.real_parent.tgid right although the local declaration has its fields in another order, and others between",
    {},
    async (t) => {
      expect(otherOrder).not.toBe(vmlinux);
      const relocations =
        parseObject(t.object(reordered).object).programs.get("enter")?.coreRelocations ?? [];
      expect(relocations.length).toBeGreaterThanOrEqual(3);
      const { events } = await observe(t, reordered, async () => {
        await execute(t, "/bin/true");
      });
      expect(events.map((e) => e.ppid)).toEqual([process.pid]);
    },
  );

  kernelTest(
    "works on this kernel without a vmlinux.d.ts: the types came from the BTF of the one it was built on",
    {},
    async (t) => {
      const { events } = await observe(t, bare, async () => {
        await execute(t, "/bin/true");
      });
      expect(events.map((e) => e.ppid)).toEqual([process.pid]);
    },
  );
});
