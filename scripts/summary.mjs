// The last line of a test run, from vitest's JSON report: N passed, N failed, N skipped.
import { readFileSync } from "node:fs";

const { testResults } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of testResults) {
  // A file that cannot even be loaded has no tests to count.
  if (file.status === "failed" && file.assertionResults.length === 0) counts.failed++;
  for (const { status } of file.assertionResults)
    counts[status === "passed" || status === "failed" ? status : "skipped"]++;
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
