import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FetchedKernel } from "./fetch.js";
import { writeInitramfs } from "./initramfs.js";
import type { TestResult } from "./protocol.js";
import { type MachineEnd, runMachine } from "./qemu.js";
import type { KernelRun } from "./report.js";
import { type Suite, writeOrders } from "./suite.js";

export interface MachineRun {
  /** The kernel's name in the lab. */
  readonly kernel: string;
  readonly fetched: FetchedKernel;
  readonly suite: Pick<Suite, "archive" | "files">;
  readonly pattern: string | null;
  readonly timeoutMs?: number;
  readonly silenceMs?: number;
  readonly memoryMb?: number;
  /** Told when a test begins, with the process id of its machine. */
  readonly onStart?: (name: string, pid: number) => void;
}

/** Of the whole suite, on a machine that others use as well. */
const TIMEOUT_MS = 420_000;
/** More than a test may take. */
const SILENCE_MS = 90_000;

/** Runs the suite on one kernel. However the machine ends, the run says what became of it. */
export async function runOnMachine(run: MachineRun): Promise<KernelRun> {
  const { kernel, fetched, suite, pattern } = run;
  const work = mkdtempSync(join(tmpdir(), "tsbpfc-run-"));
  const results: TestResult[] = [];
  let running = "";
  let release = "";
  let isDone = false;
  let pid = 0;
  try {
    const initramfs = join(work, "initramfs.cpio");
    const orders = join(work, "orders.cpio");
    writeOrders({ kernel, files: suite.files, pattern }, orders);
    writeInitramfs(initramfs, fetched, [suite.archive, orders]);
    const end = await runMachine({
      image: fetched.image,
      initramfs,
      timeoutMs: run.timeoutMs ?? TIMEOUT_MS,
      silenceMs: run.silenceMs ?? SILENCE_MS,
      ...(run.memoryMb === undefined ? {} : { memoryMb: run.memoryMb }),
      onProcess: (started) => {
        pid = started;
      },
      onMessage: (message) => {
        switch (message.type) {
          case "hello":
            release = message.release;
            break;
          case "start":
            running = message.name;
            run.onStart?.(message.name, pid);
            break;
          case "result":
            running = "";
            results.push(message.result);
            break;
          case "end":
            isDone = true;
        }
      },
    });
    const failure = failureOf(end, isDone, running);
    return {
      kernel,
      release,
      results,
      durationMs: end.durationMs,
      ...(failure === null ? {} : { failure: { what: failure, console: end.console } }),
    };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { kernel, release, results, durationMs: 0, failure: { what: `no machine: ${what}`, console: [] } };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Why a run is no good as a whole; null if it came to its end. */
function failureOf(end: MachineEnd, isDone: boolean, running: string): string | null {
  if (isDone && end.reason === "off") return null;
  const during = running === "" ? "" : ` during '${running}'`;
  if (end.reason === "off") return `the suite ended before it was through${during}`;
  return `${end.what}${during}`;
}
