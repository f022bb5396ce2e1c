import { writeFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { type Callable, callable } from "../support/callable.js";
import { isRoot } from "../support/root.js";
import { LabError } from "./errors.js";
import { fetchKernel } from "./fetch.js";
import { kernelRow, kernels } from "./kernels.js";
import { runOnMachine } from "./machine.js";
import { repository } from "./paths.js";
import { makeSuite } from "./suite.js";

const FILE = join(repository, "stdlib/scripts/callable.json");
/** A machine asks some ten thousand times, and says nothing meanwhile. */
const TIMEOUT_MS = 600_000;

/** Asks the lab's kernels, and this machine's, what programs may call, for stdlib/scripts/generate-helpers.mjs. */
export async function measure(): Promise<void> {
  if (!isRoot) throw new LabError("broken", "only root may ask this machine's kernel");
  const answers: Record<string, Callable> = {};
  const machines = kernels.filter((kernel) => kernel.package !== null).map(({ name }) => name);
  const suite = await makeSuite(machines, ["test/lab/cases/callable.ts"]);
  try {
    for (const name of machines) {
      const fetched = fetchKernel(kernelRow(name));
      const limits = { timeoutMs: TIMEOUT_MS, silenceMs: TIMEOUT_MS };
      const run = await runOnMachine({ kernel: name, fetched, suite, pattern: null, ...limits });
      const [result] = run.results;
      if (result?.measured === undefined)
        throw new LabError("broken", `${name}: ${run.failure?.what ?? result?.why ?? "no answer"}`);
      answers[name] = result.measured as Callable;
    }
  } finally {
    suite.remove();
  }
  answers[/^\d+\.\d+/.exec(release())?.[0] ?? release()] = callable();
  writeFileSync(FILE, printed(answers));
  console.log(`written: ${FILE}; now node stdlib/scripts/generate-helpers.mjs`);
}

/** One line for each function, program types by the numbers of their sets. */
function printed(answers: Readonly<Record<string, Callable>>): string {
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
  const bodies = Object.entries(answers).map(
    ([kernel, { asked, helpers, gplOnly, kfuncs }]) => `    "${kernel}": {
      "asked": ${numberOf(asked)},
      "gplOnly": ${JSON.stringify(gplOnly)},
      "helpers": { ${numbered(helpers)} },
      "kfuncs": { ${numbered(kfuncs)} }
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
