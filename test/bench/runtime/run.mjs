// The loader and the runtime beside a C program on libbpf that does the same, in one run: `npm run bench -- runtime`.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundled } from "../../support/bundled.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const include = `-I/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
/** Both sides take turns, so that what else the machine does is shared. */
const TURNS = 3;

/** What is compared: ours, libbpf's, and how many times theirs ours may be; or the most that ours may be. */
const rows = [
  { what: "vmlinux BTF, indexed (ms)", ours: "btf_ms", theirs: "btf_ms", most: 25 },
  { what: "vmlinux BTF, memory (MB)", ours: "btf_mb", theirs: "btf_mb", most: 15 },
  { what: "open and load 30 programs (ms)", ours: "load_ms", theirs: "load_ms", times: 1.5 },
  { what: "lookup (ns)", ours: "lookup_ns", theirs: "lookup_ns", times: 1.3 },
  { what: "update (ns)", ours: "update_ns", theirs: "update_ns", times: 1.3 },
  { what: "delete (ns)", ours: "delete_ns", theirs: "delete_ns", times: 1.3 },
  { what: "lookup in batches (ns)", ours: "lookup_batch_ns", theirs: "lookup_batch_ns", times: 1.2 },
  { what: "update in batches (ns)", ours: "update_batch_ns", theirs: "update_batch_ns", times: 1.2 },
  { what: "delete in batches (ns)", ours: "delete_batch_ns", theirs: "delete_batch_ns", times: 1.2 },
  { what: "ring buffer, raw view (ns a record)", ours: "event_raw_ns", theirs: "event_ns", times: 4 },
  { what: "ring buffer, decoded (ns a record)", ours: "event_decoded_ns", theirs: "event_ns", times: 14 },
  { what: "ring buffer, for await (ns a record)", ours: "event_iterated_ns", theirs: "event_ns" },
];

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error || status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
  return stdout;
}

const figures = (output) =>
  new Map(
    output
      .trim()
      .split("\n")
      .map((line) => line.split(" ")),
  );
const best = (values) => Math.min(...values);

/** @param folder a temporary one */
export async function runtime(folder) {
  if (process.getuid() !== 0) {
    console.error("Loading programs needs root.");
    process.exit(3);
  }
  const object = (name) => {
    const path = join(folder, `${name}.o`);
    run(
      "clang-19",
      "-g",
      "-O2",
      "-target",
      "bpf",
      "-mcpu=v3",
      include,
      "-c",
      here(`${name}.bpf.c`),
      "-o",
      path,
    );
    return path;
  };
  const objects = [object("objects"), object("many")];
  const theirs = join(folder, "libbpf");
  run("cc", "-O2", here("libbpf.c"), "-o", theirs, "-lbpf", "-lelf", "-lz");
  const taken = { ours: [], theirs: [] };
  await bundled([new URL("node.ts", import.meta.url)], async (built) => {
    const ours = `const { main } = await import(${JSON.stringify(join(built, "node.mjs"))}); await main(...process.argv.slice(1));`;
    for (let turn = 0; turn < TURNS; turn++) {
      taken.theirs.push(figures(run(theirs, ...objects)));
      taken.ours.push(
        figures(run(process.execPath, "--expose-gc", "--input-type=module", "-e", ours, ...objects)),
      );
    }
  });
  const figure = (side, name) => best(taken[side].map((turn) => Number(turn.get(name))));
  console.log(`tsbpfc's runtime and libbpf, best of ${TURNS} turns of 7 rounds`);
  console.table(
    rows.map(({ what, ours, theirs: name, times, most }) => {
      const [a, b] = [figure("ours", ours), figure("theirs", name)];
      const limit = most ?? (times === undefined ? undefined : times * b);
      return {
        what,
        tsbpfc: a.toFixed(1),
        libbpf: b.toFixed(1),
        ratio: (a / b).toFixed(2),
        "to reach": most !== undefined ? `${most}` : times === undefined ? "" : `${times} x`,
        "": limit === undefined ? "" : a <= limit ? "yes" : "no",
      };
    }),
  );
}
