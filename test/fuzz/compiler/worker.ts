// A process of its own: LLVM ends the process it runs in when it meets what it does not expect.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Cases } from "./cases.js";
import { examine } from "./examine.js";
import type { Progress, WorkerInput } from "./protocol.js";

const { root, seed, from, to } = JSON.parse(process.argv[2] ?? "") as WorkerInput;
/** Written at once: nothing that is said may be lost with the process. */
const say = (progress: Progress): void => void writeSync(1, `${JSON.stringify(progress)}\n`);

const cases = new Cases(root, seed);
// Within the repository, where imports of packages lead somewhere.
const folder = mkdtempSync(join(root, "test/.build/fuzz-case-"));
try {
  for (const name of ["test/samples/vmlinux.d.ts", "examples/firewall/prefix.ts", "stdlib/src/headers.ts"])
    copyFileSync(join(root, name), join(folder, name.split("/").at(-1) ?? ""));
  for (let index = from; index < to; index++) {
    say({ at: index });
    const { text, how } = cases.at(index);
    const file = join(folder, "probe.bpf.ts");
    writeFileSync(file, text);
    const outcome = examine(file);
    if (outcome.kind === "finding") say({ finding: { index, how, what: outcome.what } });
    say({ outcome: outcome.kind });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
