import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { LabError } from "./errors.js";
import { repository } from "./paths.js";
import type { TestResult } from "./protocol.js";
import type { KernelRun } from "./report.js";

/** What vitest's JSON report says of a file. */
interface FileReport {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly ancestorTitles: readonly string[];
    readonly title: string;
    readonly status: string;
    readonly duration?: number;
    readonly failureMessages: readonly string[];
    readonly meta: { readonly kernelTest?: { readonly skipped: string | null } };
  }[];
}

/** The suite on this machine's own kernel, by vitest; or what vitest's report says of a run that has been. */
export function runHost(
  files: readonly string[],
  pattern: string | null,
  report: string | undefined,
): KernelRun {
  const started = performance.now();
  const results = report === undefined ? runVitest(files, pattern) : readReport(files, report);
  const durationMs = performance.now() - started;
  return { kernel: "host", release: release(), results, durationMs };
}

function runVitest(files: readonly string[], pattern: string | null): readonly TestResult[] {
  const work = mkdtempSync(join(tmpdir(), "tsbpfc-host-"));
  const report = join(work, "report.json");
  try {
    const named = pattern === null ? [] : ["-t", pattern];
    const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
    spawnSync("npx", ["--no-install", "vitest", "run", ...reporters, ...named, ...files], {
      cwd: repository,
      stdio: "inherit",
    });
    return readReport(files, report);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function readReport(tests: readonly string[], path: string): readonly TestResult[] {
  let files: readonly FileReport[];
  try {
    files = (JSON.parse(readFileSync(path, "utf8")) as { testResults: readonly FileReport[] }).testResults;
  } catch (cause) {
    throw new LabError("broken", `vitest wrote no report that can be read: ${path}`, { cause });
  }
  return files
    .map((file) => ({ ...file, name: relative(repository, file.name) }))
    .filter(({ name }) => tests.includes(name))
    .flatMap(resultsOf);
}

function resultsOf(file: FileReport): readonly TestResult[] {
  // A file that cannot even be loaded has no tests.
  if (file.status === "failed" && file.assertionResults.length === 0)
    return [{ file: file.name, name: file.name, state: "failed", why: file.message, durationMs: 0 }];
  return file.assertionResults.map((test) => {
    const isRun = test.status === "passed" || test.status === "failed";
    return {
      file: file.name,
      name: [...test.ancestorTitles, test.title].join(" > "),
      state: isRun ? (test.status as "passed" | "failed") : "skipped",
      why: isRun
        ? test.failureMessages.join("\n")
        : (test.meta.kernelTest?.skipped ?? "its condition is not met here"),
      durationMs: test.duration ?? 0,
    };
  });
}
