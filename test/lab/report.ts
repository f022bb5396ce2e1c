import { writeFileSync } from "node:fs";
import type { TestResult } from "./protocol.js";

/** The suite on one kernel. */
export interface KernelRun {
  readonly kernel: string;
  /** `uname -r`; empty if it did not come so far. */
  readonly release: string;
  readonly results: readonly TestResult[];
  readonly durationMs: number;
  /** The run as a whole went wrong: what is not in `results` did not run. */
  readonly failure?: { readonly what: string; readonly console: readonly string[] };
  /** The kernel cannot be had here: a failure if it is required, else a skip. */
  readonly unavailable?: { readonly why: string; readonly isRequired: boolean };
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What makes the suite fail, apart from tests that failed. */
export interface Summary {
  readonly counts: Counts;
  readonly problems: readonly string[];
}

interface Options {
  /** All tests on all kernels: then each must have run somewhere. */
  readonly isWhole: boolean;
  /** Whether the host's tests are counted here, and not by who ran them. */
  readonly hostCounts: boolean;
}

/** Adds up all runs. */
export function summary(runs: readonly KernelRun[], { isWhole, hostCounts }: Options): Summary {
  const problems: string[] = [];
  for (const { kernel, failure, unavailable } of runs) {
    if (failure) problems.push(`${kernel}: ${failure.what}`);
    if (unavailable?.isRequired) problems.push(`${kernel}: ${unavailable.why}`);
  }
  if (isWhole && runs.every((run) => !run.failure && !run.unavailable))
    for (const { name, cells } of table(runs))
      if (cells.every((cell) => cell?.state !== "passed" && cell?.state !== "failed"))
        problems.push(`'${name}' ran on no kernel`);
  const counted = runs.filter((run) => hostCounts || run.kernel !== "host").flatMap((run) => run.results);
  const count = (state: TestResult["state"]): number => counted.filter((r) => r.state === state).length;
  const unavailable = runs.filter((run) => run.unavailable && !run.unavailable.isRequired).length;
  const counts = {
    passed: count("passed"),
    failed: count("failed") + problems.length,
    skipped: count("skipped") + unavailable,
  };
  return { counts, problems };
}

interface Row {
  readonly file: string;
  readonly name: string;
  /** By kernel, in the order of the runs; undefined where nothing was heard of the test. */
  readonly cells: readonly (TestResult | undefined)[];
}

/** Tests by kernels. */
export function table(runs: readonly KernelRun[]): readonly Row[] {
  const key = ({ file, name }: TestResult): string => `${file}\0${name}`;
  const byKernel = runs.map((run) => new Map(run.results.map((result) => [key(result), result])));
  const keys = new Set(byKernel.flatMap((results) => [...results.keys()]));
  return [...keys].sort().map((each) => {
    const [file = "", name = ""] = each.split("\0");
    return { file, name, cells: byKernel.map((results) => results.get(each)) };
  });
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What became of a kernel's run. */
function runLine(run: KernelRun): string {
  const { kernel, release, results, durationMs, failure, unavailable } = run;
  if (unavailable) return `${kernel}: ${unavailable.isRequired ? "FAILED" : "skipped"}: ${unavailable.why}`;
  const counts = (["passed", "failed", "skipped"] as const)
    .map((state) => `${results.filter((r) => r.state === state).length} ${state}`)
    .join(", ");
  return `${kernel} (${release}): ${counts} in ${seconds(durationMs)}${failure ? `; FAILED: ${failure.what}` : ""}`;
}

/** The table as a reader sees it on a terminal, then what failed. */
export function printReport(runs: readonly KernelRun[], problems: readonly string[]): void {
  const marks = { passed: "ok", failed: "FAIL", skipped: "skip" } as const;
  const width = 8;
  let lastFile = "";
  console.log(`\n${runs.map((run) => run.kernel.padEnd(width)).join("")}test`);
  for (const { file, name, cells } of table(runs)) {
    if (file !== lastFile) console.log(`${" ".repeat(width * runs.length)}${file}`);
    lastFile = file;
    const columns = cells.map((cell) => (cell ? marks[cell.state] : "-").padEnd(width)).join("");
    const why = [...new Set(cells.filter((c) => c?.state === "skipped").map((c) => c?.why))].join("; ");
    console.log(`${columns}  ${name}${why === "" ? "" : `  [${why}]`}`);
  }
  for (const run of runs) {
    for (const { file, name, state, why } of run.results)
      if (state === "failed") console.log(`\nFAILED on ${run.kernel}: ${file} > ${name}\n${why}`);
    if (run.failure)
      console.log(
        `\nFAILED: ${run.kernel}: ${run.failure.what}\nThe end of its console:\n${run.failure.console.map((line) => `  | ${line}`).join("\n")}`,
      );
  }
  for (const problem of problems) console.log(`\nFAILED: ${problem}`);
  console.log("");
  for (const run of runs) console.log(runLine(run));
}

/** The table as Markdown. */
export function writeReport(path: string, runs: readonly KernelRun[], problems: readonly string[]): void {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((c) => c.replaceAll("|", "\\|")).join(" | ")} |`;
  const cell = (result: TestResult | undefined): string => {
    if (!result) return "not run";
    if (result.state === "skipped") return `skipped: ${result.why}`;
    return result.state === "passed" ? `run, ${seconds(result.durationMs)}` : "**failed**";
  };
  const lines = [
    "# Tests by kernels",
    "",
    ...runs.map((run) => `- ${runLine(run)}`),
    ...problems.map((problem) => `- **${problem}**`),
    "",
    row(["file", "test", ...runs.map((run) => run.kernel)]),
    row(["---", "---", ...runs.map(() => "---")]),
    ...table(runs).map(({ file, name, cells }) => row([file, name, ...cells.map(cell)])),
    "",
  ];
  writeFileSync(path, lines.join("\n"));
}
