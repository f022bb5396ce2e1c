// The search: programs are generated, run and compared; what differs is shrunk.
import type { BpfCpu } from "@tsbpfc/compiler";
import fc from "fast-check";
import { inputs, programs } from "./generate/arbitrary.js";
import { type Compile, run, type Target, type Verdict } from "./kernel.js";
import { type Inputs, inputType, type Outcome, type Program, sourceOf } from "./program.js";

/** Programs to an object. */
const BATCH = 100;
/** Inputs that each program is run with. */
const RUNS = 4;

export interface Search {
  readonly count: number;
  readonly seed: number;
  readonly cpus: readonly BpfCpu[];
  readonly compile?: Compile;
  /** Stop after so many findings. */
  readonly most?: number;
  /** Called after each object. */
  readonly progress?: (result: Result) => void;
}

export interface Finding {
  readonly program: Program;
  readonly target: Target;
  readonly verdict: Verdict;
  readonly inputs: readonly Inputs[];
  /** How many programs had run before. */
  readonly after: number;
}

export interface Result {
  programs: number;
  tooComplex: number;
  /** Refused by TypeScript, and why: no findings, and few. */
  readonly illTyped: (Verdict & { readonly kind: "ill-typed" })[];
  readonly findings: Finding[];
}

/**
 * The batch-th object's: each instruction set in turn, every other time for a kernel without iterators of numbers
 * (range() is bpf_loop there). No such kernel has v4.
 */
function targetOf(cpus: readonly BpfCpu[], batch: number): Target {
  const cpu = cpus[batch % cpus.length] ?? "v3";
  const old = Math.floor(batch / cpus.length) % 2 === 1;
  return old && cpu !== "v4" ? { cpu, kernel: "6.1" } : { cpu };
}

const programsFor = ({ cpu }: Target): fc.Arbitrary<Program> =>
  programs({ atomics: cpu === "v3" || cpu === "v4" });

export function search(options: Search): Result {
  const { count, seed, cpus, compile, most = Number.POSITIVE_INFINITY, progress } = options;
  const result: Result = { programs: 0, tooComplex: 0, illTyped: [], findings: [] };
  for (let batch = 0; result.programs < count && result.findings.length < most; batch++) {
    const sample = { seed: seed + batch, numRuns: Math.min(BATCH, count - result.programs) };
    const target = targetOf(cpus, batch);
    const made = fc.sample(programsFor(target), sample);
    const given = fc.sample(inputs, { seed: seed + batch, numRuns: RUNS });
    const verdicts = run(made, { target, inputs: given, ...(compile ? { compile } : {}) });
    for (const [i, verdict] of verdicts.entries()) {
      const program = made[i];
      if (!program || verdict.kind === "same") continue;
      if (verdict.kind === "too complex") result.tooComplex++;
      else if (verdict.kind === "ill-typed") result.illTyped.push(verdict);
      else result.findings.push({ program, target, verdict, inputs: given, after: result.programs });
    }
    result.programs += made.length;
    progress?.(result);
  }
  return result;
}

const alike = (a: Verdict, b: Verdict): boolean =>
  a.kind === b.kind && (a.kind !== "refused" || b.kind !== "refused" || a.code === b.code);

/** The smallest program that ends in the same way, of those found before the time is over. */
export function shrink(finding: Finding, { compile, seconds = 60 }: ShrinkOptions = {}): Finding {
  const end = performance.now() + seconds * 1000;
  let best = finding;
  for (;;) {
    const next = firstAlike(best, end, compile);
    if (!next) return best;
    best = next;
  }
}

export interface ShrinkOptions {
  readonly compile?: Compile;
  readonly seconds?: number;
}

function firstAlike(finding: Finding, end: number, compile?: Compile): Finding | null {
  const { program, target, inputs: given, verdict } = finding;
  const candidates = [...programsFor(target).shrink(program, undefined)].map(({ value }) => value);
  // Few at first: near the beginning most of the program goes at once.
  for (let at = 0, size = 8; at < candidates.length && performance.now() < end; at += size) {
    if (at > 0) size = BATCH;
    const some = candidates.slice(at, at + size);
    const verdicts = run(some, { target, inputs: given, ...(compile ? { compile } : {}) });
    for (const [i, each] of verdicts.entries()) {
      const smaller = some[i];
      if (smaller && alike(each, verdict)) return { ...finding, program: smaller, verdict: each };
    }
  }
  return null;
}

/** The source, the inputs and both results. */
export function describe({ program, target, verdict }: Finding): string {
  const source = sourceOf([program]).text;
  return [
    `--- ${target.cpu}${target.kernel ? ` for Linux ${target.kernel}` : ""}: ${explain(verdict)}`,
    source,
  ].join("\n");
}

function explain(verdict: Verdict): string {
  switch (verdict.kind) {
    case "different": {
      const given = inputType.fields.map(({ name }, i) => `${name}=${verdict.inputs[i]}`).join(" ");
      return `results differ\n  inputs   ${given}\n  expected ${shown(verdict.expected)}\n  actual   ${shown(verdict.actual)}`;
    }
    case "refused":
      return `the compiler refuses it: ${verdict.code} ${verdict.message}`;
    case "rejected":
      return verdict.message;
    default:
      return verdict.kind;
  }
}

const shown = ({ returned, globals }: Outcome): string =>
  [
    `returned ${returned}`,
    ...[...globals].map(([name, bytes]) => `${name} ${bytes ? Buffer.from(bytes).toString("hex") : "-"}`),
  ].join(" ");
