// What can go wrong in a machine: run by failures.test.ts, one at a time, in virtual machines only.
import { appendFileSync, writeFileSync } from "node:fs";
import { describe } from "vitest";
import { kernelTest } from "../../support/kernel-test.js";
import { labKernel } from "../../support/needs.js";

const MEGABYTE = 1 << 20;

describe.skipIf(labKernel === "host")("mishaps", () => {
  kernelTest("a test that passes", {}, () => {});

  kernelTest("a test that never ends", { timeoutMs: 1e9 }, () => {
    for (;;);
  });

  kernelTest("a kernel panic", {}, () => {
    writeFileSync("/proc/sysrq-trigger", "c");
  });

  kernelTest("a full disk", {}, () => {
    const block = Buffer.alloc(MEGABYTE);
    for (;;) appendFileSync("/full", block);
  });
});
