import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Callable } from "../support/callable.js";
import { LabError } from "./errors.js";
import { fetchKernel } from "./fetch.js";
import { kernelRow } from "./kernels.js";
import { runOnMachine } from "./machine.js";
import { repository } from "./paths.js";
import { makeSuite } from "./suite.js";

const FILE = join(repository, "stdlib/scripts/callable.json");
/** A machine asks some ten thousand times, and says nothing meanwhile. */
const TIMEOUT_MS = 600_000;

/** Asks kernels of the lab what programs may call, for stdlib/scripts/generate-helpers.mjs. What others answered stays. */
export async function measure(names: readonly string[]): Promise<void> {
  const answers = new Map(Object.entries(measured()));
  const suite = await makeSuite(names, ["test/lab/cases/callable.ts"]);
  try {
    for (const name of names) {
      const fetched = fetchKernel(kernelRow(name));
      const limits = { timeoutMs: TIMEOUT_MS, silenceMs: TIMEOUT_MS };
      const run = await runOnMachine({ kernel: name, fetched, suite, pattern: null, ...limits });
      const [result] = run.results;
      if (result?.measured === undefined)
        throw new LabError("broken", `${name}: ${run.failure?.what ?? result?.why ?? "no answer"}`);
      answers.set(name, result.measured as Callable);
      writeFileSync(FILE, printed([...answers].sort(([a], [b]) => byRelease(a, b))));
      console.log(`${name}: asked`);
    }
  } finally {
    suite.remove();
  }
  console.log(`written: ${FILE}; now node stdlib/scripts/generate-helpers.mjs`);
}

const byRelease = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** What the file says of each kernel. */
function measured(): Readonly<Record<string, Callable>> {
  const { kernels, sets } = JSON.parse(readFileSync(FILE, "utf8")) as Numbered;
  const named = (found: Readonly<Record<string, number>>): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(Object.entries(found).map(([name, set]) => [name, sets[set] ?? []]));
  return Object.fromEntries(
    Object.entries(kernels).map(([name, { asked, helpers, kfuncs, ...rest }]) => [
      name,
      { asked: sets[asked] ?? [], helpers: named(helpers), kfuncs: named(kfuncs), ...rest },
    ]),
  );
}

/** The file: program types by the numbers of their sets. */
interface Numbered {
  readonly kernels: Readonly<
    Record<
      string,
      Pick<Callable, "gplOnly" | "otherKfuncs"> & {
        readonly asked: number;
        readonly helpers: Readonly<Record<string, number>>;
        readonly kfuncs: Readonly<Record<string, number>>;
      }
    >
  >;
  readonly sets: readonly (readonly string[])[];
}

/** One line for each function, program types by the numbers of their sets. */
function printed(answers: readonly (readonly [kernel: string, answer: Callable])[]): string {
  const sets: string[] = [];
  const numberOf = (types: readonly string[]): number => {
    const text = JSON.stringify(types);
    if (!sets.includes(text)) sets.push(text);
    return sets.indexOf(text);
  };
  const numbered = (found: Readonly<Record<string, readonly string[]>>): string =>
    Object.entries(found)
      .map(([name, types]) => `"${name}": ${numberOf(types)}`)
      .join(", ");
  const bodies = answers.map(
    ([kernel, { asked, helpers, gplOnly, kfuncs, otherKfuncs }]) => `    "${kernel}": {
      "asked": ${numberOf(asked)},
      "gplOnly": ${JSON.stringify(gplOnly)},
      "helpers": { ${numbered(helpers)} },
      "kfuncs": { ${numbered(kfuncs)} },
      "otherKfuncs": ${JSON.stringify(otherKfuncs)}
    }`,
  );
  return `{
  "kernels": {
${bodies.join(",\n")}
  },
  "sets": [
${sets.map((set) => `    ${set}`).join(",\n")}
  ]
}
`;
}
