// Damages BPF objects and gives them to the loader: `npm run fuzz -- --count 100000 --seed 7`. Each has to be opened or
// refused by a typed error, within a second and 256 MB. `--from N --count 1` runs one case again, `--keep FOLDER`
// writes the objects of findings there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { damage } from "./mutate.js";
import { compileFixtures, readObjects } from "./objects.js";
import type { Finding, Progress, WorkerInput } from "./protocol.js";
import { caseSeed, Random } from "./random.js";

/** A case that is at work for longer never ends. */
const HANGS_AFTER_MS = 20_000;
const LOOK_EVERY_MS = 500;
/** The heap that one case may fill, and what the loader and the sound objects take. */
const HEAP_MB = 256 + 128;

interface Session {
  readonly findings: Finding[];
  readonly tally: Map<string, number>;
}

/** Runs the cases on a thread of their own, which is ended and begun anew behind a case that hangs or fills its heap. */
export async function session(
  worker: string,
  input: Omit<WorkerInput, "clock">,
  hangsAfterMs = HANGS_AFTER_MS,
): Promise<Session> {
  const findings: Finding[] = [];
  const tally = new Map<string, number>();
  for (let from = input.from; from < input.to; ) {
    const clock = new Int32Array(new SharedArrayBuffer(8));
    const stopped = await part(worker, { ...input, from, clock }, hangsAfterMs, { findings, tally });
    if (stopped === null) break;
    const index = Atomics.load(clock, 0);
    findings.push({ index, object: "", how: [], what: stopped });
    from = index + 1;
  }
  return { findings, tally };
}

/** Null if it came to the end, else why it did not. */
function part(
  worker: string,
  input: WorkerInput,
  hangsAfterMs: number,
  { findings, tally }: Session,
): Promise<string | null> {
  return new Promise((resolve) => {
    const thread = new Worker(worker, {
      workerData: input,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    let seen = -1;
    let still = 0;
    const timer = setInterval(() => {
      const now = Atomics.load(input.clock, 1);
      still = now === seen ? still + LOOK_EVERY_MS : 0;
      seen = now;
      if (still < hangsAfterMs) return;
      end(`hangs: ${hangsAfterMs / 1000} s`);
      void thread.terminate();
    }, LOOK_EVERY_MS);
    const end = (why: string | null): void => {
      clearInterval(timer);
      resolve(why);
    };
    thread.on("message", (message: Progress) => {
      if ("finding" in message) findings.push(message.finding);
      else for (const [name, count] of message.tally) tally.set(name, (tally.get(name) ?? 0) + count);
    });
    thread.on("error", (error) => end(error.message));
    thread.on("exit", (code) => end(code === 0 ? null : `the thread ended with ${code}`));
  });
}

function keep(folder: string, objects: string, seed: number, { index }: Finding): void {
  const sound = readObjects(objects);
  const random = new Random(caseSeed(seed, index));
  const base = random.pick(sound);
  const { bytes } = damage(
    base.bytes,
    random,
    sound.map((s) => s.bytes),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${seed}-${index}.o`), bytes);
}

export async function main(root: string, worker: string): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "4000" },
      seed: { type: "string", default: "1" },
      from: { type: "string", default: "0" },
      keep: { type: "string" },
    },
  });
  const [count, seed, from] = [Number(values.count), Number(values.seed), Number(values.from)];
  const folder = mkdtempSync(join(tmpdir(), "tsbpfc-fuzz-"));
  try {
    compileFixtures(root, folder);
    const start = performance.now();
    const { findings, tally } = await session(worker, { folder, seed, from, to: from + count });
    const seconds = (performance.now() - start) / 1000;
    const rows = [...tally].sort(([, a], [, b]) => b - a);
    for (const [name, cases] of rows) console.log(`${String(cases).padStart(8)}  ${name}`);
    for (const finding of findings) {
      console.log(`\ncase ${finding.index}: ${finding.object}: ${finding.how.join(", ")}\n${finding.what}`);
      if (values.keep !== undefined) keep(values.keep, folder, seed, finding);
    }
    console.log(
      `\n${count} damaged objects, seed ${seed}, ${seconds.toFixed(1)} s: ${findings.length} findings`,
    );
    process.exitCode = findings.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
