import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";

const fixtures = new URL("../../fixtures/", import.meta.url).pathname;

describe.skipIf(process.getuid?.() !== 0)("a process that reads records, as root", () => {
  let folder = "";
  const run = (
    app: string,
    object: string,
    how: string,
  ): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync(process.execPath, [join(folder, `${app}.js`), join(folder, `${object}.o`), how], {
      encoding: "utf8",
      timeout: 20_000,
    });

  beforeAll(async () => {
    // Beside the sources, so that koffi is found from there.
    folder = mkdtempSync(join(fixtures, "tmp-"));
    for (const name of ["exec", "readers"]) writeFileSync(join(folder, `${name}.o`), compileFixture(name));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    await build({
      entryPoints: ["exit-while-waiting", "reader-at-work", "worker-that-waits"].map(
        (name) => `${fixtures}${name}.mjs`,
      ),
      outdir: folder,
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["tsbpfc-source"],
      external: ["koffi"],
      logLevel: "silent",
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("ends by itself once everything is closed", () => {
    expect(run("exit-while-waiting", "exec", "close")).toMatchObject({
      status: 0,
      stdout: "ended\n",
      stderr: "",
    });
  });

  test("can call process.exit", () => {
    expect(run("exit-while-waiting", "exec", "exit")).toMatchObject({ status: 3, stderr: "" });
  });

  test.each([
    ["terminate", 1],
    ["exit", 3],
    ["close", 0],
  ])("may have a worker that waits and ends: by %s", (how, code) => {
    expect(run("worker-that-waits", "exec", how)).toMatchObject({
      status: 0,
      stdout: `ended with ${code}\n`,
      stderr: "",
    });
  });

  interface Work {
    readonly records: number;
    readonly wrong: number;
    readonly ticks: number;
    readonly longest: number;
    readonly cpuMs: number;
    readonly endMs: number;
  }
  const work = (how: string): Work => {
    const { status, stdout, stderr } = run("reader-at-work", "readers", how);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return JSON.parse(stdout) as Work;
  };

  test("takes no processor time in two seconds without a record, and stops at once when it is aborted", () => {
    const { records, cpuMs, endMs } = work("idle");
    expect(records).toBe(0);
    // A reader that asks every few milliseconds takes more than this.
    expect(cpuMs).toBeLessThan(20);
    expect(endMs).toBeLessThan(200);
  });

  test("sees every record whole and in order while another processor writes over those before", () => {
    const { records, wrong } = work("whole");
    expect(records).toBeGreaterThan(10_000);
    expect(wrong).toBe(0);
  });

  test.each(["callback", "iterator"])(
    "has time for timers while records come faster than it reads, by %s",
    (how) => {
      const { records, ticks, longest, endMs } = work(how);
      expect(records).toBeGreaterThan(1000);
      // Of a hundred; other processes want the processor too.
      expect(ticks).toBeGreaterThan(5);
      expect(longest).toBeLessThan(500);
      expect(endMs).toBeLessThan(400);
    },
  );
});
