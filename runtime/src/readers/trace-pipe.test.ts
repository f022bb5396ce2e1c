import { beforeEach, describe, expect, test } from "vitest";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { getpgid, type Live, useReaders } from "../../fixtures/readers.js";
import * as runtime from "../index.js";
import { setKernel } from "../sys/kernel.js";
import { parseTraceLine } from "./trace-pipe.js";

test("a line of trace_pipe is who, where, when and what", () => {
  expect(
    parseTraceLine("            node-4242    [001] ...21  5034.113297: bpf_trace_printk: a: b [1]"),
  ).toEqual({
    task: "node",
    pid: 4242,
    cpu: 1,
    time: 5034.113297,
    message: "a: b [1]",
  });
  expect(parseTraceLine("  kworker/0:1-x-17  (     17) [000] d..3. 12.000001: sched_switch: prev")).toEqual({
    task: "kworker/0:1-x",
    pid: 17,
    cpu: 0,
    time: 12.000001,
    message: "sched_switch: prev",
  });
  expect(parseTraceLine("           <...>-1   [000] b..21     1.5: bpf_trace_printk: ")).toMatchObject({
    task: "<...>",
    message: "",
  });
});

test("a line of another form is none", () => {
  expect(parseTraceLine("CPU:1 [LOST 24 EVENTS]")).toBeNull();
  expect(parseTraceLine("")).toBeNull();
});

test("trace_pipe of a kernel that has switched tracing off, as after an oops, says so and is not waited for", async () => {
  class Off extends FakeKernel {
    override fileExists = (path: string): boolean => path === "/sys/kernel/tracing/events";
    override readFile(path: string): Uint8Array | null {
      return path === "/sys/kernel/tracing/tracing_on" ? new TextEncoder().encode("0\n") : null;
    }
  }
  setKernel(new Off());
  try {
    await expect(runtime.tracePipe().next()).rejects.toThrow(/tracing is switched off here .*echo 1 >/);
  } finally {
    setKernel(null);
  }
});

/** trace_pipe, which the kernel gives to one reader at a time: another test run may have it. */
async function* onlyReader(): AsyncGenerator<runtime.TraceLine> {
  for (let tries = 0; ; tries++) {
    try {
      return yield* runtime.tracePipe();
    } catch (error) {
      if (!(error instanceof runtime.SyscallError && error.code === "EBUSY" && tries < 40)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

describe.skipIf(process.getuid?.() !== 0)("trace_pipe, on this kernel, as root", () => {
  const bench = useReaders();
  let skel: Live;
  beforeEach(() => {
    skel = bench.skel;
  });

  test("gives what a program prints, with who and when", async () => {
    skel.programs.on_getpgid.attach();
    skel.globals.print = 1;
    const met: runtime.TraceLine[] = [];
    const timer = setInterval(() => getpgid(1), 5);
    try {
      for await (const line of onlyReader()) {
        // The buffer is the whole system's.
        if (!line.message.endsWith(` of ${process.pid}`)) continue;
        met.push(line);
        if (met.length === 3) break;
      }
    } finally {
      clearInterval(timer);
    }
    expect(met.map((line) => line.message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^line \d+ of \d+$/)]),
    );
    expect(met[0]?.time).toBeGreaterThan(0);
  });
});
