// Opens every BPF object in a folder: `TSBPFC_FIXTURES=DIR npm run conformance`, and with `-- --load` loads each into
// this machine's kernel. Without TSBPFC_FIXTURES, the fixtures of this repository, built by clang.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compileFixtures } from "../fuzz/objects.js";
import { check, type Verdict } from "./check.js";

const NOTHING_THERE = 2;

/** All `.o`, `.elf` and `.bpf` files below a folder. */
const objectsBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(o|elf|bpf)$/.test(file))
    .sort();

export async function main(root: string): Promise<void> {
  const { values } = parseArgs({
    options: { load: { type: "boolean", default: false }, verbose: { type: "boolean", default: false } },
  });
  const given = process.env.TSBPFC_FIXTURES;
  const folder = given ?? mkdtempSync(join(tmpdir(), "tsbpfc-conformance-"));
  const pinPath = `/sys/fs/bpf/tsbpfc-conformance-${process.pid}`;
  try {
    if (given === undefined) compileFixtures(root, folder);
    if (values.load) mkdirSync(pinPath);
    const verdicts = objectsBelow(folder).map((file) => {
      const verdict = check(
        file,
        new Uint8Array(readFileSync(join(folder, file))),
        values.load ? { pinPath } : null,
      );
      for (const pin of values.load ? readdirSync(pinPath) : []) rmSync(join(pinPath, pin));
      return verdict;
    });
    process.exitCode = report(verdicts, values.verbose, folder);
  } finally {
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
    if (values.load) rmSync(pinPath, { recursive: true, force: true });
  }
}

/** Prints what was not good, or all, and the sums; gives the exit code. */
function report(verdicts: readonly Verdict[], verbose: boolean, folder: string): number {
  for (const { object, outcome, step, reason } of verdicts) {
    const bad = outcome === "refused" || outcome === "crashed";
    if (bad) console.log(`${outcome.padEnd(8)} ${object}, ${step}: ${reason}`);
    else if (verbose) console.log(`${outcome.padEnd(8)} ${object}`);
  }
  const count = (outcome: Verdict["outcome"]): number => verdicts.filter((v) => v.outcome === outcome).length;
  const good = verdicts.some((v) => v.outcome === "loaded") ? "loaded" : "opened";
  console.log(
    `${verdicts.length} objects: ${count(good)} ${good}, ${count("refused")} refused, ${count("crashed")} crashed`,
  );
  if (verdicts.length > 0) return count("crashed") === 0 ? 0 : 1;
  console.error(`There is no object (.o, .elf, .bpf) in ${folder}.`);
  return NOTHING_THERE;
}
