// Gives the compiler files that nobody meant for it: `npm run fuzz:compiler -- --count 5000 --seed 3`. Each has to
// become an object or diagnostics. `--from N --count 1` runs one case again, `--keep FOLDER` writes findings there.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Cases } from "./cases.js";
import type { Finding, Progress, WorkerInput } from "./protocol.js";

/** A case that is at work for longer never ends. */
const HANGS_AFTER_MS = 60_000;

interface Session {
  readonly findings: Finding[];
  readonly tally: Map<string, number>;
}

/** Runs the cases in a process that is begun anew behind a case that ends it, or that hangs. */
export async function session(
  worker: string,
  input: WorkerInput,
  hangsAfterMs = HANGS_AFTER_MS,
): Promise<Session> {
  const all: Session = { findings: [], tally: new Map() };
  for (let from = input.from; from < input.to; ) {
    const ended = await part(worker, { ...input, from }, hangsAfterMs, all);
    if (ended === null) break;
    all.findings.push({ index: ended.at, how: "", what: ended.why });
    from = ended.at + 1;
  }
  return all;
}

/** Null if it came to the end, else where it stopped, and why. */
function part(
  worker: string,
  input: WorkerInput,
  hangsAfterMs: number,
  { findings, tally }: Session,
): Promise<{ at: number; why: string } | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--enable-source-maps", worker, JSON.stringify(input)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let at = input.from;
    let said = "";
    let hangs = false;
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        hangs = true;
        child.kill("SIGKILL");
      }, hangsAfterMs);
    };
    wait();
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4000);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      wait();
      const progress = JSON.parse(line) as Progress;
      if ("at" in progress) at = progress.at;
      else if ("finding" in progress) findings.push(progress.finding);
      else tally.set(progress.outcome, (tally.get(progress.outcome) ?? 0) + 1);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(null);
      else if (hangs) resolve({ at, why: `hangs: ${hangsAfterMs / 1000} s` });
      else resolve({ at, why: `the process ended with ${signal ?? code}: ${said}` });
    });
  });
}

export async function main(root: string, worker: string): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "300" },
      seed: { type: "string", default: "1" },
      from: { type: "string", default: "0" },
      keep: { type: "string" },
    },
  });
  const [count, seed, from] = [Number(values.count), Number(values.seed), Number(values.from)];
  const start = performance.now();
  const { findings, tally } = await session(worker, { root, seed, from, to: from + count });
  // A process that was ended leaves its folder.
  const builds = join(root, "test/.build");
  if (findings.length > 0)
    for (const name of readdirSync(builds).filter((n) => n.startsWith("fuzz-case-")))
      rmSync(join(builds, name), { recursive: true, force: true });
  for (const [name, cases] of tally) console.log(`${String(cases).padStart(8)}  ${name}`);
  for (const { index, how, what } of findings) {
    console.log(`\ncase ${index}: ${how}\n${what}`);
    if (values.keep === undefined) continue;
    mkdirSync(values.keep, { recursive: true });
    writeFileSync(join(values.keep, `${seed}-${index}.bpf.ts`), new Cases(root, seed).at(index).text);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`\n${count} files, seed ${seed}, ${seconds} s: ${findings.length} findings`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
