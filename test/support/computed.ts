import type { CompileOptions } from "@tsbpfc/compiler";
import { build, type Files } from "./probe.js";

type Value = number | bigint | string | boolean | Uint8Array;
interface Loaded {
  load(): Loaded;
  rodata: Record<string, Value>;
  globals: Record<string, Value>;
  programs: Record<
    string,
    { testRun(input: { data?: Uint8Array; context?: Uint8Array }): { returnValue: number } }
  >;
  close(): void;
}

export interface Run extends Partial<CompileOptions> {
  /** Globals before the run. */
  readonly set?: Record<string, Value>;
  /** Constants, before the load. */
  readonly rodata?: Record<string, Value>;
  readonly program?: string;
  readonly data?: Uint8Array | null;
  readonly context?: Uint8Array;
  readonly times?: number;
}

/** Compiles `class Probe`, loads it, runs its program in the kernel once; gives its globals and what it returned. */
export async function computed(
  files: Files | string,
  { set = {}, rodata = {}, program = "run", data, context, times = 1, ...options }: Run = {},
): Promise<Record<string, Value>> {
  const built = build(typeof files === "string" ? { "probe.bpf.ts": files } : files, options);
  try {
    const { Probe } = (await import(built.skeleton)) as {
      Probe: { open(options: { rodata: Record<string, Value> }): Loaded };
    };
    const loaded = Probe.open({ rodata });
    try {
      loaded.load();
      for (const [name, value] of Object.entries(set)) loaded.globals[name] = value;
      let result = 0;
      for (let i = 0; i < times; i++)
        result =
          loaded.programs[program]?.testRun({
            ...(data === null ? {} : { data: data ?? new Uint8Array(64) }),
            ...(context ? { context } : {}),
          }).returnValue ?? Number.NaN;
      return { ...Object.fromEntries(Object.entries(loaded.globals)), result };
    } finally {
      loaded.close();
    }
  } finally {
    built.remove();
  }
}
