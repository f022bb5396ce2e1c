import { describe, expect, it } from "vitest";
import type { TestResult } from "./protocol.js";
import { type KernelRun, summary, table } from "./report.js";

const result = (name: string, state: TestResult["state"], why = ""): TestResult => ({
  file: "test/kernel/x.test.ts",
  name,
  state,
  why,
  durationMs: 1,
});
const run = (kernel: string, ...results: TestResult[]): KernelRun => ({
  kernel,
  release: "6.1.0",
  results,
  durationMs: 10,
});
const whole = { isWhole: true, hostCounts: true };

describe("the lab's summary", () => {
  it("has a row for each test and a column for each kernel", () => {
    const rows = table([
      run("6.1", result("a", "passed")),
      run("6.12", result("b", "skipped"), result("a", "failed")),
    ]);
    expect(rows.map(({ name, cells }) => [name, ...cells.map((cell) => cell?.state)])).toEqual([
      ["a", "passed", "failed"],
      ["b", undefined, "skipped"],
    ]);
  });

  it("fails for a test that ran on no kernel", () => {
    const runs = [
      run("6.1", result("a", "skipped"), result("b", "passed")),
      run("host", result("a", "skipped")),
    ];
    expect(summary(runs, whole)).toEqual({
      counts: { passed: 1, failed: 1, skipped: 2 },
      problems: ["'a' ran on no kernel"],
    });
  });

  it("does not ask for that of some tests, or some kernels", () => {
    const runs = [run("6.1", result("a", "skipped"))];
    expect(summary(runs, { ...whole, isWhole: false }).problems).toEqual([]);
  });

  it("fails for a run that did not come to its end", () => {
    const broken = {
      ...run("6.1", result("a", "passed")),
      failure: { what: "the kernel panicked", console: [] },
    };
    expect(summary([broken], whole)).toEqual({
      counts: { passed: 1, failed: 1, skipped: 0 },
      problems: ["6.1: the kernel panicked"],
    });
  });

  it("counts the host's tests where vitest's own report does not", () => {
    const runs = [run("6.1", result("a", "passed")), run("host", result("a", "passed"))];
    expect(summary(runs, whole).counts.passed).toBe(2);
    expect(summary(runs, { ...whole, hostCounts: false }).counts.passed).toBe(1);
  });
});
