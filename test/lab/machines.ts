import { availableParallelism } from "node:os";
import { LabError } from "./errors.js";
import { type FetchedKernel, fetchKernel } from "./fetch.js";
import { kernelRow } from "./kernels.js";
import { runOnMachine } from "./machine.js";
import { qemu } from "./qemu.js";
import type { KernelRun } from "./report.js";
import { makeSuite } from "./suite.js";

interface Options {
  readonly pattern: string | null;
  /** Fetch the newest kernels, although there are some in the cache. */
  readonly refresh: boolean;
  /** A kernel that cannot be had is a failure. */
  readonly isRequired: boolean;
}

/** A kernel and some of the files, for one machine. */
interface Part {
  readonly kernel: string;
  readonly fetched: FetchedKernel;
  readonly files: readonly string[];
}

/** Below this a machine takes longer to come up than to run its files. */
const FILES = 10;

/** As many machines at once as there are processors, for each keeps one busy. They share a kernel's files. */
export async function onMachines(
  names: readonly string[],
  files: readonly string[],
  { pattern, refresh, isRequired }: Options,
): Promise<readonly KernelRun[]> {
  const processors = availableParallelism();
  const runs: KernelRun[] = [];
  const parts: Part[] = [];
  for (const kernel of names) {
    const row = kernelRow(kernel);
    try {
      qemu();
      const fetched = fetchKernel(row, { refresh });
      for (const share of shares(files, processors)) parts.push({ kernel, fetched, files: share });
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== "unavailable") throw error;
      // Other suites than the machine's own drop a release when the next one comes.
      const unavailable = { why: error.message, isRequired: isRequired && row.suite === undefined };
      runs.push({ kernel, release: "", results: [], durationMs: 0, unavailable });
    }
  }
  if (parts.length === 0) return runs;
  const started = performance.now();
  const suite = await makeSuite([...new Set(parts.map(({ kernel }) => kernel))], files);
  console.log(
    `lab: suite of ${files.length} files made in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  try {
    const { archive } = suite;
    const processor = async (): Promise<void> => {
      for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
        const { kernel, fetched, files } = part;
        runs.push(await runOnMachine({ kernel, fetched, suite: { archive, files }, pattern }));
      }
    };
    await Promise.all(Array.from({ length: processors }, processor));
    return names.flatMap((name) => whole(runs.filter(({ kernel }) => kernel === name)));
  } finally {
    suite.remove();
  }
}

/** Files dealt out in turn: neighbours are of one folder, and take about as long. */
function shares(files: readonly string[], processors: number): readonly (readonly string[])[] {
  const count = Math.max(1, Math.min(processors, Math.floor(files.length / FILES)));
  return Array.from({ length: count }, (_, turn) => files.filter((_, i) => i % count === turn));
}

/** What became of a kernel's parts, as one run. */
function whole(runs: readonly KernelRun[]): readonly KernelRun[] {
  const [first] = runs;
  if (first === undefined) return [];
  const failed = runs.find(({ failure }) => failure !== undefined);
  return [
    {
      ...first,
      ...(failed ? { failure: failed.failure } : {}),
      results: runs.flatMap(({ results }) => results),
      durationMs: runs.reduce((sum, { durationMs }) => sum + durationMs, 0),
    },
  ];
}
