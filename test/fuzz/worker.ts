import { parentPort, workerData } from "node:worker_threads";
import { examine } from "./examine.js";
import { damage } from "./mutate.js";
import { readObjects } from "./objects.js";
import type { Finding, Progress, WorkerInput } from "./protocol.js";
import { caseSeed, Random } from "./random.js";

const LONGEST_MS = 1000;
const MOST_BYTES = 256 * 2 ** 20;

const { folder, seed, from, to, clock } = workerData as WorkerInput;
const sound = readObjects(folder);
const all = sound.map(({ bytes }) => bytes);
const tally = new Map<string, number>();

/** Peak of the process's memory so far, in bytes. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

const time = (act: () => void): number => {
  const start = performance.now();
  act();
  return performance.now() - start;
};

// What the loader takes for itself at first is not a case's.
for (const { bytes } of sound) examine(bytes);
let before = peak();
for (let index = from; index < to; index++) {
  Atomics.store(clock, 0, index);
  Atomics.add(clock, 1, 1);
  const random = new Random(caseSeed(seed, index));
  const base = random.pick(sound);
  const { bytes, how } = damage(base.bytes, random, all);
  const found = (what: string): void => {
    const finding: Finding = { index, object: base.name, how, what };
    parentPort?.postMessage({ finding } satisfies Progress);
  };
  let outcome = examine(new Uint8Array());
  const took = time(() => {
    outcome = examine(bytes);
  });
  // Others use this machine too: what is slow has to be slow again.
  if (took > LONGEST_MS) {
    const again = Math.min(
      time(() => examine(bytes)),
      time(() => examine(bytes)),
    );
    if (again > LONGEST_MS) found(`took ${Math.round(again)} ms`);
  }
  const grown = peak() - before;
  if (grown > MOST_BYTES) {
    found(`took ${Math.round(grown / 2 ** 20)} MB`);
    before = peak();
  }
  if (outcome.kind === "finding") found(outcome.what);
  const name = outcome.kind === "refused" ? outcome.code : outcome.kind;
  tally.set(name, (tally.get(name) ?? 0) + 1);
}
parentPort?.postMessage({ tally: [...tally] } satisfies Progress);
