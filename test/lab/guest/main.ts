// What runs in the lab's machines: the test files that the orders name. With `--collect`, on the machine that makes the
// suite: prints the probes that those files declare.
import { openSync, readFileSync, writeSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { collectTests, type File, startTests, type Task, type Test, type VitestRunner } from "@vitest/runner";
import { declaredProbes } from "../../support/probe-source.js";
import type { Message, Orders, TestResult } from "../protocol.js";
import { suiteRoot } from "./root.js";

const TEST_TIMEOUT_MS = 60_000;

/** A runner that reads bundled files and tells of each test. */
function runner(
  orders: Orders,
  tell: Pick<VitestRunner, "onBeforeRunTask" | "onAfterRunTask">,
): VitestRunner {
  return {
    config: {
      root: suiteRoot,
      setupFiles: [],
      name: undefined,
      passWithNoTests: false,
      testNamePattern: orders.pattern === null ? undefined : new RegExp(orders.pattern),
      allowOnly: true,
      sequence: { seed: 0, hooks: "stack", setupFiles: "list" },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: TEST_TIMEOUT_MS,
      hookTimeout: TEST_TIMEOUT_MS,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: (path) => import(path),
    ...tell,
  };
}

const bundled = (file: string): string => join(suiteRoot, file.replace(/\.ts$/, ".js"));

async function collect(orders: Orders): Promise<void> {
  const files = await collectTests(orders.files.map(bundled), runner(orders, {}));
  for (const { filepath, result } of files)
    if (result?.state === "fail") throw new Error(`${filepath}: ${result.errors?.map(shown).join("\n")}`);
  writeSync(1, JSON.stringify(declaredProbes()));
}

async function run(orders: Orders): Promise<void> {
  const line = openSync("/dev/ttyS1", "w");
  const say = (message: Message): void => void writeSync(line, `${JSON.stringify(message)}\n`);
  const told = new Set<Task>();
  const tell = (task: Task): void => {
    told.add(task);
    say({ type: "result", result: resultOf(task) });
  };
  say({ type: "hello", release: release() });
  for (const event of ["uncaughtException", "unhandledRejection"] as const)
    process.on(event, (error: unknown) => {
      const result = { file: "", name: event, state: "failed", why: shown(error), durationMs: 0 } as const;
      say({ type: "result", result });
    });
  const files = await startTests(
    orders.files.map(bundled),
    runner(orders, {
      onBeforeRunTask: (test: Test) => {
        if (test.mode === "run") say({ type: "start", file: fileOf(test), name: test.fullTestName });
      },
      onAfterRunTask: tell,
    }),
  );
  // Tests that did not come to run, and suites and files that failed by themselves (a hook, an import).
  for (const task of files.flatMap(withTasks)) {
    if (told.has(task)) continue;
    const isFailed = task.type === "suite" && (task.result?.errors?.length ?? 0) > 0;
    const isLeftOut = task.type === "test" && !isFiltered(task, orders);
    if (isFailed || isLeftOut) tell(task);
  }
  say({ type: "end" });
}

/** A test that the pattern does not name is not a skipped test. */
const isFiltered = (test: Test, { pattern }: Orders): boolean =>
  pattern !== null && !new RegExp(pattern).test(test.fullTestName);

function withTasks(task: Task | File): readonly Task[] {
  return task.type === "suite" ? [task, ...task.tasks.flatMap(withTasks)] : [task];
}

function resultOf(task: Task): TestResult {
  const { state, errors = [], duration = 0 } = task.result ?? {};
  const result = { file: fileOf(task), name: task.fullTestName ?? task.name, durationMs: duration };
  const kernelTest = task.meta.kernelTest;
  if (state === "pass") return { ...result, state: "passed", why: "", measured: kernelTest?.measured };
  if (state === "fail" || errors.length > 0)
    return { ...result, state: "failed", why: errors.map(shown).join("\n") };
  return { ...result, state: "skipped", why: kernelTest?.skipped ?? "its condition is not met here" };
}

const fileOf = (task: Task): string => task.file.name.replace(/\.js$/, ".ts");

/** An error with what was compared, and where. */
function shown(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { stack, message, diff } = error as { stack?: string; message?: string; diff?: string };
  const own = stack
    ?.split("\n")
    .filter((line) => !/^\s+at .*(node_modules|node:internal)/.test(line))
    .join("\n");
  return [own ?? message ?? String(error), diff ?? ""].filter((part) => part !== "").join("\n");
}

const orders = JSON.parse(readFileSync(join(suiteRoot, "lab/orders.json"), "utf8")) as Orders;
process.env.TSBPFC_LAB_KERNEL = orders.kernel;
await (process.argv.includes("--collect") ? collect(orders) : run(orders));
process.exit();
