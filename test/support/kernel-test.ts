import type { Feature } from "@tsbpfc/runtime";
import { it } from "vitest";
import { Bench } from "./bench.js";
import { removeBuiltProbes } from "./built-probes.js";
import { missing } from "./needs.js";
import { RefusedForKernelError } from "./probe-source.js";

export interface KernelTestOptions {
  /** What the kernel must have: the test is skipped on kernels that cannot, and fails on those that should. */
  readonly needs?: readonly Feature[];
  /** Commands that the test runs; without one of them it is skipped. */
  readonly commands?: readonly string[];
  readonly timeoutMs?: number;
  /** How long the kernel may take to free what the test has closed; some waits for every task of a busy machine. */
  readonly patienceMs?: number;
}

declare module "@vitest/runner" {
  interface TaskMeta {
    /** Of a kernel test: why it was skipped, or that it ran. */
    kernelTest?: { skipped: string | null; measured?: unknown };
  }
}

const TIMEOUT_MS = 60_000;

removeBuiltProbes();

/**
 * A test of a real kernel: here as root, and in each of the lab's virtual machines. `t` has at hand what such tests
 * need, takes everything away afterwards, and fails the test if something is left. Where the compiler refuses the test's
 * probe for the kernel's age, the test is skipped; a kernel that refuses what was compiled for it is a failure.
 */
export function kernelTest(
  name: string,
  options: KernelTestOptions,
  body: (t: Bench) => void | Promise<void>,
): void {
  it(name, { timeout: options.timeoutMs ?? TIMEOUT_MS }, async ({ task, skip }) => {
    const skipped = missing(options);
    task.meta.kernelTest = { skipped };
    if (skipped !== null) skip(skipped);
    const bench = new Bench(options.patienceMs);
    const wrong: unknown[] = [];
    let refused: string | null = null;
    try {
      await body(bench);
    } catch (error) {
      if (error instanceof RefusedForKernelError) refused = `refused by --kernel: ${error.message}`;
      else wrong.push(error);
    }
    task.meta.kernelTest.measured = bench.measured;
    // What is left behind does not hide why the test failed.
    await bench.end().catch((error: unknown) => wrong.push(error));
    if (wrong.length > 1) throw new AggregateError(wrong, wrong.map(String).join("\nand then: "));
    if (wrong.length === 1) throw wrong[0];
    if (refused === null) return;
    task.meta.kernelTest = { skipped: refused };
    skip(refused);
  });
}
