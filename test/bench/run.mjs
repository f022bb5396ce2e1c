// What tsbpfc is beside clang, bpftool and libbpf, in one run: `npm run bench` for all of it, `-- builds` for cold builds
// alone, `-- code` for what the verifier and the kernel make of the code, `-- runtime` for loader and runtime. Ratios are
// ours to theirs: below 1 is better.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareCode, geometricMean, meansOf } from "./code.mjs";
import { runtime } from "./runtime/run.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const tsbpfc = here("../../compiler/bin/tsbpfc.cjs");
/** The probes that have a twin in `twins/`, and where they are. */
const sources = {
  execsnoop: "../../examples/execsnoop/",
  firewall: "../../examples/firewall/",
  tcpconnect: "../samples/",
  runqlat: "../samples/",
  ratelimit: "../samples/",
};
const names = Object.keys(sources);
const folder = mkdtempSync(join(tmpdir(), "tsbpfc-bench-"));

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error || status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
  return stdout;
}

function need(...commands) {
  const missing = commands.filter((command) => spawnSync("which", [command]).status !== 0);
  if (missing.length === 0) return;
  console.error(
    `This comparison needs ${missing.join(", ")}: apt install clang-19 llvm-19 bpftool libbpf-dev`,
  );
  process.exit(3);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ours = (name) => join(folder, `${name}.bpf.o`);
const twin = (name) => join(folder, `${name}.twin.o`);

function buildOurs(name) {
  run(process.execPath, tsbpfc, "build", "--force", join(folder, `${name}.bpf.ts`));
}

function buildTwin(name) {
  run(
    "clang-19",
    "-g",
    "-O2",
    "-target",
    "bpf",
    "-D__TARGET_ARCH_x86",
    "-mcpu=v3",
    `-I${folder}`,
    "-c",
    here(`twins/${name}.bpf.c`),
    "-o",
    twin(name),
  );
  run("llvm-strip-19", "-g", twin(name));
  writeFileSync(join(folder, `${name}.skel.h`), run("bpftool", "gen", "skeleton", twin(name)));
}

function prepare() {
  need("clang-19", "llvm-strip-19", "bpftool");
  writeFileSync(
    join(folder, "vmlinux.h"),
    run("bpftool", "btf", "dump", "file", "/sys/kernel/btf/vmlinux", "format", "c"),
  );
  copyFileSync(here("../samples/vmlinux.d.ts"), join(folder, "vmlinux.d.ts"));
  for (const name of names)
    copyFileSync(here(`${sources[name]}${name}.bpf.ts`), join(folder, `${name}.bpf.ts`));
}

const compared = (ours, theirs, ratio) => `${ours} / ${theirs} = ${ratio.toFixed(2)}`;

/** A build in a fresh process, nothing kept but V8's code cache: it belongs to the installed compiler. */
function builds(probes, count) {
  const time = (work) => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  const ratios = { time: [], size: [] };
  const rows = probes.map((name) => {
    buildOurs(name);
    buildTwin(name);
    const samples = { ours: [], twin: [] };
    for (let i = 0; i < count; i++) {
      samples.ours.push(time(() => buildOurs(name)));
      samples.twin.push(time(() => buildTwin(name)));
    }
    const [a, b] = [median(samples.ours), median(samples.twin)];
    const [size, twinSize] = [statSync(ours(name)).size, statSync(twin(name)).size];
    ratios.time.push(a / b);
    ratios.size.push(size / twinSize);
    return {
      probe: name,
      "build, ms": compared(a.toFixed(0), b.toFixed(0), a / b),
      "object, bytes": compared(size, twinSize, size / twinSize),
    };
  });
  console.log(
    `Cold build, fresh process, median of ${count}, interleaved: tsbpfc / clang-19, llvm-strip and bpftool gen skeleton`,
  );
  const means = { "build, ms": ratios.time, "object, bytes": ratios.size };
  const mean = Object.entries(means).map(([heading, list]) => [heading, geometricMean(list).toFixed(3)]);
  console.table([...rows, { probe: "geometric mean", ...Object.fromEntries(mean) }]);
}

/** Null, or why the probe cannot be built: a table should not end at one that fails. */
function buildBoth(name) {
  try {
    buildOurs(name);
    buildTwin(name);
    return null;
  } catch (error) {
    return `${error.message}`.replaceAll(/\s+/g, " ").slice(0, 300);
  }
}

async function code() {
  if (process.getuid() !== 0) {
    console.error("Loading programs needs root.");
    process.exit(3);
  }
  const rows = [];
  const missing = [];
  const ratios = new Map();
  for (const name of names) {
    const reason = buildBoth(name);
    if (reason !== null) {
      missing.push({ probe: name, "not built": reason });
      continue;
    }
    try {
      rows.push(...(await compareCode({ name, ours: ours(name), twin: twin(name) }, ratios)));
    } catch (error) {
      missing.push({ probe: name, "not loaded": `${error.message}`.split("\n")[0] });
    }
  }
  console.log("tsbpfc / clang-19 -O2 -mcpu=v3; one figure where both are the same");
  console.table([...rows, meansOf(ratios)]);
  if (missing.length > 0) console.table(missing);
  builds(
    names.filter((name) => !missing.some(({ probe }) => probe === name)),
    5,
  );
}

const comparisons = {
  builds: () => {
    prepare();
    builds(["execsnoop", "firewall"], 15);
  },
  code: async () => {
    prepare();
    await code();
  },
  runtime: async (part) => {
    need("clang-19", "cc", "chrt", "taskset");
    await runtime(folder, part);
  },
};

const [name, part] = process.argv.slice(2);
const wanted = name === undefined ? Object.values(comparisons) : [comparisons[name]];
try {
  if (wanted.includes(undefined)) {
    console.error(`There is no comparison '${name}': there is ${Object.keys(comparisons).join(", ")}.`);
    process.exitCode = 2;
  } else {
    for (const compare of wanted) await compare(part);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
