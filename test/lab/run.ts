// The lab's command: tests of the kernel, on every kernel of the table.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LabError } from "./errors.js";
import { fetchKernel } from "./fetch.js";
import { runHost } from "./host.js";
import { writeInitramfs } from "./initramfs.js";
import { kernelRow, kernels } from "./kernels.js";
import { onMachines } from "./machines.js";
import { measure } from "./measure.js";
import { repository } from "./paths.js";
import { shell } from "./qemu.js";
import { type KernelRun, printReport, summary, writeReport } from "./report.js";
import { makeSuite, testFiles } from "./suite.js";

/** Those that the suite runs on where nothing else is said. */
const usual = kernels.filter((kernel) => !kernel.isOnDemand).map((kernel) => kernel.name);

const usage = `usage: npm run lab -- [FILE …] [--kernel NAME,…] [-t PATTERN] [--refresh] [--report FILE] [--host-report FILE] [--counts FILE]
       npm run lab -- shell --kernel NAME
       npm run lab -- measure [--kernel NAME,…]

FILE: a part of the path of test files; all without it
kernels: ${kernels.map((kernel) => kernel.name).join(", ")}; without --kernel: ${usual.join(", ")}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kernel: { type: "string", short: "k" },
    testNamePattern: { type: "string", short: "t" },
    /** Fetch the newest kernels, although there are some in the cache. */
    refresh: { type: "boolean", default: false },
    /** vitest's JSON report of a run on this machine that has just been. */
    "host-report": { type: "string" },
    /** Where passed, failed and skipped are written as JSON. */
    counts: { type: "string" },
    report: { type: "string", default: join(repository, "test/lab/report.md") },
    help: { type: "boolean", short: "h" },
  },
});

const isRequired = (process.env.CI ?? "") !== "" || process.env.TSBPFC_LAB_REQUIRED === "1";

async function main(): Promise<number> {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const rows = (values.kernel?.split(",") ?? usual).map(kernelRow);
  const [action] = positionals;
  if (action === "shell") return openShell(rows.find((row) => row.package !== null)?.name);
  if (action === "measure") {
    const asked = values.kernel === undefined ? kernels : rows;
    await measure(asked.filter((row) => row.package !== null).map((row) => row.name));
    return 0;
  }
  return test(
    rows.map((row) => row.name),
    positionals,
  );
}

async function openShell(name: string | undefined): Promise<number> {
  if (name === undefined) throw new LabError("broken", `which kernel?\n${usage}`);
  const kernel = fetchKernel(kernelRow(name));
  const suite = await makeSuite([name], testFiles());
  const initramfs = join(tmpdir(), `tsbpfc-shell-${process.pid}.cpio`);
  try {
    writeInitramfs(initramfs, kernel, [suite.archive]);
    await shell(kernel.image, initramfs);
  } finally {
    rmSync(initramfs, { force: true });
    suite.remove();
  }
  return 0;
}

async function test(names: readonly string[], filters: readonly string[]): Promise<number> {
  const started = performance.now();
  const pattern = values.testNamePattern ?? null;
  const files = testFiles(filters);
  const machines = names.filter((name) => kernelRow(name).package !== null);
  const runs: KernelRun[] = [];
  if (machines.length > 0)
    runs.push(...(await onMachines(machines, files, { pattern, refresh: values.refresh, isRequired })));
  if (names.includes("host")) runs.push(runHost(files, pattern, values["host-report"]));
  const order = kernels.map((kernel) => kernel.name);
  runs.sort((a, b) => order.indexOf(a.kernel) - order.indexOf(b.kernel));
  const isWhole = pattern === null && filters.length === 0 && usual.every((name) => names.includes(name));
  const { counts, problems } = summary(runs, { isWhole, hostCounts: values["host-report"] === undefined });
  writeReport(values.report, runs, problems);
  printReport(runs, problems);
  if (values.counts !== undefined) writeFileSync(values.counts, JSON.stringify(counts));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `lab: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s`,
  );
  // A kernel that cannot be had is a skip; a run of no test at all is a mistake.
  return counts.failed > 0 || counts.passed + counts.skipped === 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
}
