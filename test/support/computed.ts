import type { CompileOptions } from "@tsbpfc/compiler";
import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import type { Bench } from "./bench.js";
import { type KernelTestOptions, kernelTest } from "./kernel-test.js";
import { declareProbe } from "./probe-source.js";

type Value = number | bigint | string | boolean | Uint8Array;
type Loaded = Skeleton<object, Record<string, SkeletonProgram>, Record<string, Value>, Record<string, Value>>;

/** One run of a program. */
export interface Run {
  /** Globals before the run. */
  readonly set?: Record<string, Value>;
  /** Constants, before the load. */
  readonly rodata?: Record<string, Value>;
  readonly program?: string;
  /** What the program is handed beside its context: 64 zeros if absent, nothing if null. */
  readonly data?: Uint8Array | null;
  readonly context?: Uint8Array;
}

/** Loads the program anew and runs it once; gives its globals, and what it returned as `result`. */
export type Computed = (run?: Run) => Promise<Record<string, Value>>;

export interface ComputingOptions extends KernelTestOptions {
  readonly options?: Partial<CompileOptions>;
}

/** A kernel test of what a probe computes: its source is a `class Probe`, its program is `run`. */
export function computing(
  name: string,
  source: string,
  check: (computed: Computed, t: Bench) => void | Promise<void>,
  { options, ...needs }: ComputingOptions = {},
): void {
  const declared = declareProbe({ "probe.bpf.ts": source }, options);
  kernelTest(name, needs, async (t) => {
    await check(async ({ set = {}, rodata = {}, program = "run", data, context } = {}) => {
      const loaded = await t.load<Loaded>(declared, { rodata });
      for (const [global, value] of Object.entries(set)) loaded.globals[global] = value;
      const result = loaded.programs[program]?.testRun({
        ...(data === null ? {} : { data: data ?? new Uint8Array(64) }),
        ...(context ? { context } : {}),
      });
      return { ...loaded.globals, result: result?.returnValue ?? Number.NaN };
    }, t);
  });
}
