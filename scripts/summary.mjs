// The last line of a test run: N passed, N failed, N skipped. From vitest's JSON report, and the number of steps that
// failed before it.
import { readFileSync } from "node:fs";

const [report, stepsFailed = "0"] = process.argv.slice(2);
const counts = { passed: 0, failed: Number(stepsFailed), skipped: 0 };
for (const file of testResults()) {
  // A file that cannot even be loaded has no tests to count.
  if (file.status === "failed" && file.assertionResults.length === 0) counts.failed++;
  for (const { status } of file.assertionResults)
    counts[status === "passed" || status === "failed" ? status : "skipped"]++;
}

/** A run that ended without a report failed as a whole. */
function testResults() {
  try {
    return JSON.parse(readFileSync(report, "utf8")).testResults;
  } catch {
    counts.failed++;
    return [];
  }
}

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
