// The command: `npm run differential -- --count N --seed S --cpu v1,v2,v3,v4`, or `-- --mutants`.
import { parseArgs } from "node:util";
import type { BpfCpu } from "@tsbpfc/compiler";
import { catchMutants } from "./mutants.js";
import { describe, search, shrink } from "./search.js";

const CPUS: readonly BpfCpu[] = ["v1", "v2", "v3", "v4"];

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    cpu: { type: "string", default: "v1,v2,v3,v4" },
    most: { type: "string", default: "5" },
    mutants: { type: "boolean", default: false },
    /** Prints what TypeScript refused. */
    "ill-typed": { type: "boolean", default: false },
    whole: { type: "boolean", default: false },
  },
});
const cpus = CPUS.filter((cpu) => values.cpu.split(",").includes(cpu));
const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`'${text}' is not a count`);
  return value;
};

function differential(): void {
  const start = performance.now();
  const seconds = (): string => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const result = search({
    count: number(values.count),
    seed: number(values.seed),
    cpus,
    most: number(values.most),
    progress: ({ programs, findings }) => {
      if (programs % 1000 === 0)
        console.error(`${programs} programs, ${findings.length} findings, ${seconds()}`);
    },
  });
  for (const finding of result.findings.slice(0, number(values.most)))
    console.log(describe(values.whole ? finding : shrink(finding)));
  console.log(
    `${result.programs} programs on ${cpus.join(", ")}, seed ${values.seed}: ${result.findings.length} findings, ` +
      `${result.tooComplex} too complex for the verifier, ${result.illTyped.length} ill-typed, ${seconds()}`,
  );
  if (values["ill-typed"]) for (const { code, message } of result.illTyped) console.log(`${code} ${message}`);
  process.exitCode = result.findings.length > 0 ? 1 : 0;
}

async function mutants(): Promise<void> {
  const caught = await catchMutants(number(values.count), number(values.seed));
  console.table(
    caught.map(({ name, after, how, seconds }) => ({
      fault: name,
      found: after === null ? "no" : `after ${after} programs`,
      how,
      seconds: seconds.toFixed(1),
    })),
  );
  process.exitCode = caught.some(({ after }) => after === null) ? 1 : 0;
}

if (values.mutants) await mutants();
else differential();
