// The loader and the runtime beside a C program on libbpf that does the same, in one run: `npm run bench -- runtime`.
// A word more names one part: `npm run bench -- runtime elements`.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import { transformSync } from "esbuild";
import { bundled } from "../../support/bundled.mjs";
import { parts, rows } from "./rows.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const include = `-I/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
/** Both sides take turns, so that what else the machine does is shared. */
const TURNS = 5;
const READER_CPU = 0;
/** A part that takes longer hangs. */
const PATIENCE_MS = 60_000;

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: PATIENCE_MS,
  });
  if (error || status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
  return stdout;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function compile(folder) {
  const object = (name) => {
    const path = join(folder, `${name}.o`);
    const flags = ["-g", "-O2", "-target", "bpf", "-mcpu=v3", include];
    run("clang-19", ...flags, "-c", here(`${name}.bpf.c`), "-o", path);
    return path;
  };
  const program = (name, ...sources) => {
    const path = join(folder, name);
    run("cc", "-O2", ...sources, "-o", path, "-lbpf", "-lelf", "-lz");
    return path;
  };
  const theirs = readdirSync(here("theirs")).filter((name) => name.endsWith(".c"));
  return {
    objects: { objects: object("objects"), many: object("many") },
    theirs: program("theirs", ...theirs.map((name) => here(`theirs/${name}`))),
    producer: program("producer", here("producer.c")),
  };
}

/** The skeleton as a module of its own, as a project has it: without a bundler's indirections. */
function skeletonModule(folder, path, u64) {
  const object = new Uint8Array(readFileSync(path));
  const options = { name: "Bench", source: "objects.bpf.o", embed: true, u64 };
  const { ts } = generateSkeleton(parseObject(object), object, options);
  const file = join(folder, `${u64}.skel.mjs`);
  writeFileSync(file, transformSync(ts, { loader: "ts" }).code);
  return pathToFileURL(file).href;
}

/** `part.figure` → number. */
function figures(name, output) {
  const lines = output.trim().split("\n");
  return lines.map((line) => {
    const [figure, value] = line.split(" ");
    return [`${name}.${figure}`, Number(value)];
  });
}

/** Commands of both sides of one part. */
function commands({ part, object = "objects", oneCore, traffic }, built, ours, url) {
  // Before everybody else: on a machine that does other things too, the figures would be the scheduler's.
  const before = ["chrt", "-f", "1", ...(oneCore ? ["taskset", "-c", `${READER_CPU}`] : [])];
  const producer = `chrt -o 0 taskset -c ${READER_CPU + 1} ${built.producer}`;
  const rest = traffic ? [producer, `${traffic.count}`, `${traffic.rate}`, `${traffic.burst}`] : [];
  const path = built.objects[object];
  const script = `const { main } = await import(${JSON.stringify(ours)}); const [part, object, url, ...rest] = process.argv.slice(1); await main(part, object, url, rest);`;
  // V8's helpers spin for locks, which on one core a thread of the same priority holds for ever.
  const threads = oneCore ? ["--single-threaded"] : [];
  const node = [process.execPath, ...threads, "--expose-gc", "--input-type=module", "-e", script];
  return {
    ours: [...before, ...node, part, path, url, ...rest],
    theirs: [...before, built.theirs, part, path, ...rest],
  };
}

/** @param folder a temporary one */
export async function runtime(folder, only) {
  if (process.getuid() !== 0) {
    console.error("Loading programs needs root.");
    process.exit(3);
  }
  if (cpus().length < 2) console.warn("One CPU: the producer of events takes the reader's time.");
  const chosen = parts.filter(({ name }) => only === undefined || name === only);
  const built = compile(folder);
  const turns = [];
  await bundled(
    [new URL("ours/main.ts", import.meta.url)],
    async (modules) => {
      const urls = {
        bigint: skeletonModule(modules, built.objects.objects, "bigint"),
        number: skeletonModule(modules, built.objects.objects, "number"),
      };
      const ours = pathToFileURL(join(modules, "main.mjs")).href;
      for (let turn = 0; turn < TURNS; turn++) {
        const taken = { ours: [], theirs: [] };
        for (const part of chosen) {
          const command = commands(part, built, ours, urls[part.u64 ?? "bigint"]);
          for (const side of ["theirs", "ours"])
            taken[side].push(...figures(part.name, run(...command[side])));
        }
        turns.push({ ours: new Map(taken.ours), theirs: new Map(taken.theirs) });
      }
    },
    ["@tsbpfc/loader", "@tsbpfc/runtime"],
  );
  console.log(`tsbpfc's runtime and libbpf, medians of ${TURNS} turns`);
  console.table(rows.filter(({ ours }) => turns[0].ours.has(ours)).map((row) => compared(row, turns)));
}

function compared({ what, ours, theirs = ours, times, most }, turns) {
  const a = turns.map((turn) => turn.ours.get(ours));
  const b = turns.map((turn) => turn.theirs.get(theirs));
  // Of each turn by itself: what else the machine does changes from turn to turn.
  const ratio = median(a.map((value, turn) => value / b[turn]));
  const reached = times === undefined ? median(a) <= most : ratio <= times;
  return {
    what,
    tsbpfc: median(a).toFixed(1),
    libbpf: median(b).toFixed(1),
    ratio: Number.isFinite(ratio) ? ratio.toFixed(2) : "",
    "to reach": most !== undefined ? `${most}` : times === undefined ? "" : `${times} x`,
    "": most === undefined && times === undefined ? "" : reached ? "yes" : "no",
  };
}
