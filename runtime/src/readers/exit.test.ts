import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const fixtures = new URL("../../fixtures/", import.meta.url).pathname;

describe.skipIf(process.getuid?.() !== 0)("a process that waits for records, as root", () => {
  let folder = "";
  const run = (
    how: string,
  ): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync(process.execPath, [join(folder, "app.mjs"), join(folder, "exec.o"), how], {
      encoding: "utf8",
      timeout: 10_000,
    });

  beforeAll(async () => {
    // Beside the sources, so that koffi is found from there.
    folder = mkdtempSync(join(fixtures, "tmp-"));
    execFileSync("clang-19", [
      "-g",
      "-O2",
      "-target",
      "bpf",
      "-c",
      `${fixtures}exec.bpf.c`,
      "-o",
      join(folder, "exec.o"),
    ]);
    await build({
      entryPoints: [`${fixtures}exit-while-waiting.mjs`],
      outfile: join(folder, "app.mjs"),
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
    expect(run("close")).toMatchObject({ status: 0, stdout: "ended\n", stderr: "" });
  });

  test("can call process.exit", () => {
    expect(run("exit")).toMatchObject({ status: 3, stderr: "" });
  });
});
