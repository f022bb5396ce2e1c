import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseObject } from "@tsbpfc/loader";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExecEvent, ExecSnoop } from "../../examples/execsnoop/execsnoop.skel.js";
import { type Built, build } from "../support/probe.js";
import { isRoot } from "../support/root.js";

const example = new URL("../../examples/execsnoop/", import.meta.url);
const source = readFileSync(new URL("execsnoop.bpf.ts", example), "utf8");
const vmlinux = readFileSync(new URL("vmlinux.d.ts", example), "utf8");

/** Runs a command that does nothing else than being executed; its pid. */
async function execute(command: string, ...args: string[]): Promise<number> {
  const child = spawn(command, args, { stdio: "ignore" });
  await new Promise<void>((resolve) => child.on("exit", () => resolve()).on("error", () => resolve()));
  return child.pid ?? 0;
}

/** The events of this test's children, while it runs `work`. */
async function observe(
  skeleton: string,
  work: () => Promise<void>,
): Promise<{ events: ExecEvent[]; execs: bigint }> {
  const { ExecSnoop: Snoop } = (await import(skeleton)) as { ExecSnoop: typeof ExecSnoop };
  using snoop = Snoop.open();
  snoop.load().attach();
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

describe.skipIf(!isRoot)("execsnoop", () => {
  let built: Built;
  beforeAll(() => {
    built = build({ "probe.bpf.ts": source, "vmlinux.d.ts": vmlinux });
  });
  afterAll(() => built.remove());

  it("shows exactly the processes that were executed, with pid, ppid, uid, comm, filename and result", async () => {
    const pids: number[] = [];
    const { events, execs } = await observe(built.skeleton, async () => {
      pids.push(await execute("/bin/true"));
      pids.push(await execute("/bin/sh", "-c", "exit 3"));
    });
    expect(events.map(({ startNs: _, ...event }) => event)).toEqual([
      { pid: pids[0], ppid: process.pid, uid: 0, retval: 0, comm: "true", filename: "/bin/true" },
      { pid: pids[1], ppid: process.pid, uid: 0, retval: 0, comm: "sh", filename: "/bin/sh" },
    ]);
    expect(events.every((e) => e.startNs > 0n)).toBe(true);
    expect(execs).toBeGreaterThanOrEqual(2n);
  });

  it("shows a program that is not there with its errno, -2 (ENOENT)", async () => {
    const { events } = await observe(built.skeleton, async () => {
      await execute("/bin/there-is-no-such-program");
    });
    expect(events.map((e) => [e.retval, e.filename])).toEqual([[-2, "/bin/there-is-no-such-program"]]);
  });

  it("reports nothing of others when it watches one process", async () => {
    const { ExecSnoop: Snoop } = (await import(built.skeleton)) as { ExecSnoop: typeof ExecSnoop };
    using snoop = Snoop.open({ rodata: { targetPid: 0x7fff_fff0 } });
    snoop.load().attach();
    await execute("/bin/true");
    expect(snoop.maps.events.pending).toBe(0);
    expect([...snoop.maps.pending.keys()]).toEqual([]);
  });

  it("reads task.real_parent.tgid right although the local declaration has its fields in another order, and others between", async () => {
    const other = vmlinux.replace(
      /export interface task_struct \{.*\}/,
      "export interface task_struct { readonly comm: str<16>; readonly flags: u32; readonly prio: i32; readonly tgid: i32; readonly static_prio: i32; readonly real_parent: task_struct; readonly pid: i32; readonly __state: u32; }",
    );
    expect(other).not.toBe(vmlinux);
    const reordered = build({ "probe.bpf.ts": source, "vmlinux.d.ts": other });
    try {
      const relocations = parseObject(reordered.object).programs.get("enter")?.coreRelocations ?? [];
      expect(relocations.length).toBeGreaterThanOrEqual(3);
      const { events } = await observe(reordered.skeleton, async () => {
        await execute("/bin/true");
      });
      expect(events.map((e) => e.ppid)).toEqual([process.pid]);
    } finally {
      reordered.remove();
    }
  });

  it("works without a vmlinux.d.ts: the kernel's types come from BTF", async () => {
    const bare = build({ "probe.bpf.ts": source });
    try {
      const { events } = await observe(bare.skeleton, async () => {
        await execute("/bin/true");
      });
      expect(events.map((e) => e.ppid)).toEqual([process.pid]);
    } finally {
      bare.remove();
    }
  });
});
