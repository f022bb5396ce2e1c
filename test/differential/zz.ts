import { writeSync } from "node:fs";
import fc from "fast-check";
import { inputs, programs } from "./generate/arbitrary.js";
import { run } from "./kernel.js";
import { sourceOf } from "./program.js";

const made = fc.sample(programs({ atomics: false }), { seed: 20255, numRuns: 100 });
const given = fc.sample(inputs, { seed: 20255, numRuns: 4 });
for (let i = 40; i < 60; i += 1) {
  writeSync(1, `${i}\n`);
  if (i === Number(process.argv[2])) writeSync(1, sourceOf([made[i]!]).text);
  run(made.slice(i, i + 1), { target: { cpu: "v1", kernel: "6.1" }, inputs: given });
}
