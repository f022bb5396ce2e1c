import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRoot, run } from "../support/root.js";
import { fetchKernel } from "./fetch.js";
import { kernelRow } from "./kernels.js";
import { type MachineRun, runOnMachine } from "./machine.js";
import { repository } from "./paths.js";
import { qemu } from "./qemu.js";
import { type KernelRun, summary } from "./report.js";
import { makeSuite, type Suite } from "./suite.js";

const kernel = "6.12";
/** Boot and a test: a machine takes 4 to 10 seconds, more if others share the processor. */
const BOUND_MS = 60_000;

/** Why there is no machine to try; null if there is. */
function unavailable(): string | null {
  try {
    qemu();
    fetchKernel(kernelRow(kernel));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const why = unavailable();

describe.skipIf(why !== null)(`a machine that goes wrong ends as a failed run (${why ?? kernel})`, () => {
  let suite: Suite;
  beforeAll(async () => {
    suite = await makeSuite([kernel], ["test/lab/cases/mishaps.ts"]);
  });
  afterAll(() => suite.remove());

  const mishap = (pattern: string, options: Partial<MachineRun> = {}): Promise<KernelRun> =>
    runOnMachine({
      kernel,
      fetched: fetchKernel(kernelRow(kernel)),
      suite,
      pattern,
      timeoutMs: BOUND_MS,
      ...options,
    });
  const failed = (result: KernelRun): number =>
    summary([result], { isWhole: false, hostCounts: true }).counts.failed;

  it.concurrent("killed in mid-run", { timeout: BOUND_MS }, async () => {
    const result = await mishap("a test that", {
      onStart: (name, pid) => {
        if (name.includes("never ends")) process.kill(pid, "SIGKILL");
      },
    });
    expect(result.failure?.what).toMatch(
      /^QEMU ended with SIGKILL.* during 'mishaps > a test that never ends'/,
    );
    expect(result.results).toMatchObject([{ state: "passed" }]);
    expect(failed(result)).toBe(1);
  });

  it.concurrent("a kernel panic, with the end of the console", { timeout: BOUND_MS }, async () => {
    const result = await mishap("a kernel panic");
    expect(result.failure?.what).toMatch(
      /^the kernel panicked: .*sysrq triggered crash.* during '.*a kernel panic'/,
    );
    expect(result.failure?.console.join("\n")).toContain("sysrq_handle_crash");
    expect(failed(result)).toBe(1);
  });

  it.concurrent("a hang: killed after a silence", { timeout: BOUND_MS }, async () => {
    const result = await mishap("a test that never ends", { silenceMs: 4000 });
    expect(result.failure?.what).toBe(
      "the machine said nothing for 4 s, and was killed during 'mishaps > a test that never ends'",
    );
    expect(failed(result)).toBe(1);
  });

  it.concurrent("a machine that does not come up: killed when its time is over", {
    timeout: BOUND_MS,
  }, async () => {
    const result = await mishap("a test that passes", { timeoutMs: 1000 });
    expect(result.failure?.what).toBe("the machine was not done after 1 s, and was killed");
    expect(result.durationMs).toBeLessThan(5000);
    expect(failed(result)).toBe(1);
  });

  it.concurrent("a full disk: the test fails with ENOSPC, the others are as they were", {
    timeout: BOUND_MS,
  }, async () => {
    const result = await mishap("a full disk|a test that passes");
    expect(result.failure).toBeUndefined();
    expect(result.results).toMatchObject([
      { name: "mishaps > a test that passes", state: "passed" },
      { state: "failed", why: expect.stringContaining("ENOSPC") },
    ]);
    expect(failed(result)).toBe(1);
  });

  it.concurrent("a disk too small for the suite, with the end of the console", {
    timeout: BOUND_MS,
  }, async () => {
    const result = await mishap("a test that passes", { memoryMb: 256 });
    expect(result.failure?.what).toContain("panicked");
    expect(result.failure?.console.join("\n")).toMatch(/Initramfs unpacking failed/);
    expect(failed(result)).toBe(1);
  });

  it.skipIf(!isRoot)("a full disk of the machine that boots it", { timeout: BOUND_MS }, async () => {
    const small = mkdtempSync(join(tmpdir(), "tsbpfc-small-"));
    const before = process.env.TMPDIR;
    run("mount", "-t", "tmpfs", "-o", "size=1m", "small", small);
    try {
      process.env.TMPDIR = small;
      const result = await mishap("a test that passes");
      expect(result.failure?.what).toMatch(/^no machine: .*ENOSPC/);
      expect(failed(result)).toBe(1);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      run("umount", small);
      rmSync(small, { recursive: true });
    }
  });
});

describe("a mirror out of reach", () => {
  const folder = mkdtempSync(join(tmpdir(), "tsbpfc-mirror-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The lab's command with an empty cache, where apt finds nothing. */
  const lab = (env: Readonly<Record<string, string>>): { status: number | null; stdout: string } => {
    for (const tool of ["apt-get", "apt-cache", "sudo"])
      writeFileSync(join(folder, tool), "#!/bin/sh\necho 'no route to the mirror' >&2\nexit 100\n", {
        mode: 0o755,
      });
    const { CI: _, TSBPFC_LAB_REQUIRED: __, ...rest } = process.env;
    const PATH = `${folder}:${process.env.PATH}`;
    const start = join(repository, "test/lab/start.mjs");
    return spawnSync(
      process.execPath,
      [start, "--kernel", "6.1,6.12", "--report", join(folder, "report.md")],
      {
        encoding: "utf8",
        env: { ...rest, PATH, TSBPFC_LAB_CACHE: join(folder, "cache"), ...env },
      },
    );
  };

  it("is a skip that says why", () => {
    const { status, stdout } = lab({});
    expect(stdout).toContain("6.1: skipped: kernel 6.1 could not be fetched");
    expect(stdout).toContain("no route to the mirror");
    expect(stdout).toContain("0 passed, 0 failed, 2 skipped");
    expect(status).toBe(0);
  });

  it.each([{ CI: "true" }, { TSBPFC_LAB_REQUIRED: "1" }])("is a failure with %o", (env) => {
    const { status, stdout } = lab(env);
    expect(stdout).toContain("6.1: FAILED: kernel 6.1 could not be fetched");
    expect(stdout).toContain("0 passed, 2 failed, 0 skipped");
    expect(status).toBe(1);
  });
});
