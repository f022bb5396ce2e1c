// The last line of a test run: N passed, N failed, N skipped. From the number of steps that failed before it, and
// reports: vitest's as JSON, or the lab's counts.
import { readFileSync } from "node:fs";

const [stepsFailed = "0", ...reports] = process.argv.slice(2);
const counts = { passed: 0, failed: Number(stepsFailed), skipped: 0 };
for (const path of reports) {
  const report = read(path);
  // A run that ended without a report failed as a whole.
  if (report === null) counts.failed++;
  else if ("testResults" in report) countTests(report.testResults);
  else for (const state of Object.keys(counts)) counts[state] += report[state];
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function countTests(files) {
  for (const file of files) {
    // A file that cannot even be loaded has no tests to count.
    if (file.status === "failed" && file.assertionResults.length === 0) counts.failed++;
    for (const { status } of file.assertionResults)
      counts[status === "passed" || status === "failed" ? status : "skipped"]++;
  }
}

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
