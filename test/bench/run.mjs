// Our compiler beside clang and bpftool, in one run: `npm run bench` for cold builds, `npm run bench -- code` for what
// the verifier and the kernel make of the code, `npm run bench -- runtime` for loader and runtime beside libbpf. Ratios are ours to theirs: below 1 is better.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runtime } from "./runtime/run.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const tsbpfc = here("../../compiler/bin/tsbpfc.cjs");
const names = ["execsnoop", "firewall"];
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
  copyFileSync(here("../../examples/execsnoop/vmlinux.d.ts"), join(folder, "vmlinux.d.ts"));
  for (const name of names)
    copyFileSync(here(`../../examples/${name}/${name}.bpf.ts`), join(folder, `${name}.bpf.ts`));
}

/** A build in a fresh process, nothing kept but V8's code cache: it belongs to the installed compiler. */
function builds() {
  const time = (work) => {
    const start = process.hrtime.bigint();
    work();
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  const rows = names.map((name) => {
    buildOurs(name);
    buildTwin(name);
    const samples = { ours: [], twin: [] };
    for (let i = 0; i < 15; i++) {
      samples.ours.push(time(() => buildOurs(name)));
      samples.twin.push(time(() => buildTwin(name)));
    }
    const [a, b] = [median(samples.ours), median(samples.twin)];
    return {
      probe: name,
      "tsbpfc build, ms": a.toFixed(0),
      "clang + strip + skeleton, ms": b.toFixed(0),
      ratio: (a / b).toFixed(2),
    };
  });
  console.log("Cold build, fresh process, median of 15, interleaved");
  console.table(rows);
}

/** What the kernel says of each program of an object. */
async function facts(object) {
  const [{ parseObject }, { loadCollection }] = await Promise.all([
    import("@tsbpfc/loader"),
    import("@tsbpfc/runtime"),
  ]);
  const collection = loadCollection(parseObject(readFileSync(object)));
  try {
    return Object.fromEntries(
      [...collection.programs.values()].map((program) => {
        const { xlatedSize, jitedSize, verifiedInstructions } = program.info();
        // By section: clang takes a function named "exit" for the one of C, so that the twin has other names.
        return [
          program.spec.section,
          { xlated: xlatedSize / 8, jited: jitedSize, verified: verifiedInstructions },
        ];
      }),
    );
  } finally {
    collection.close();
  }
}

async function code() {
  if (process.getuid() !== 0) {
    console.error("Loading programs needs root.");
    process.exit(3);
  }
  const rows = [];
  for (const name of names) {
    buildOurs(name);
    buildTwin(name);
    const [mine, theirs] = [await facts(ours(name)), await facts(twin(name))];
    for (const [program, a] of Object.entries(mine)) {
      const b = theirs[program];
      const pair = (key) => `${a[key]} / ${b[key]} = ${(a[key] / b[key]).toFixed(2)}`;
      rows.push({
        program: `${name} ${program}`,
        "verified insns": pair("verified"),
        "xlated insns": pair("xlated"),
        "JIT bytes": pair("jited"),
      });
    }
  }
  console.log("tsbpfc / clang-19 -O2 -mcpu=v3");
  console.table(rows);
}

try {
  if (process.argv[2] === "runtime") {
    need("clang-19", "cc");
    await runtime(folder);
  } else {
    prepare();
    await (process.argv[2] === "code" ? code() : builds());
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
