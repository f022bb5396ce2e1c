import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import { build, type Plugin, transform } from "esbuild";
import { compileFixture } from "../../runtime/fixtures/compile.js";
import { compileFor } from "../support/probe.js";
import { type ProbeSource, RefusedForKernelError } from "../support/probe-source.js";
import { command, which } from "./command.js";
import { LabError } from "./errors.js";
import { writeArchive } from "./initramfs.js";
import { repository } from "./paths.js";
import type { Orders } from "./protocol.js";

/** Test files that run on every kernel, and folders of such. */
export const suiteFiles: readonly string[] = [
  "test/kernel",
  "test/language",
  "runtime/src/programs/test-run.test.ts",
  "runtime/src/load/faults.test.ts",
  "runtime/src/load/kernel.test.ts",
  "runtime/src/load/kconfig.test.ts",
  "runtime/src/load/ksyms.test.ts",
  "runtime/src/sys/attr.test.ts",
  "runtime/src/readers/iter-output.test.ts",
  "runtime/src/readers/perf-event-array.test.ts",
  "runtime/src/readers/ring-buffer.test.ts",
  "runtime/src/readers/ring-reader.test.ts",
  "runtime/src/readers/trace-pipe.test.ts",
  "runtime/src/readers/user-ring.test.ts",
  "runtime/src/maps/iteration.test.ts",
  "runtime/src/maps/kinds.test.ts",
  "runtime/src/links/targets.test.ts",
  "runtime/src/links/hooks.test.ts",
  "runtime/src/links/xdp.test.ts",
];

/** Modules that are others in the machines: there is no compiler, and no vitest. */
const replaced: Readonly<Record<string, string>> = {
  vitest: "test/lab/guest/vitest.ts",
  "built-probes.js": "test/lab/guest/built-probes.ts",
  "compile.js": "test/lab/guest/compile-fixture.ts",
  "skeleton.js": "test/lab/guest/fixture-skeleton.ts",
};

/** Native modules, which a bundle cannot hold. */
const natives = ["koffi", "@koromix/koffi-linux-x64"] as const;

/** The suite as the machines unpack it, in a folder of its own. */
export interface Suite {
  readonly files: readonly string[];
  readonly archive: string;
  remove(): void;
}

/** Bundles test files, compiles the probes that they declare for kernels, and packs all of it for `/tsbpfc`. */
export async function makeSuite(kernels: readonly string[], paths: readonly string[]): Promise<Suite> {
  // Within the repository: stack traces name sources by their paths from here, which the machines take from their root.
  const builds = join(repository, "test/.build");
  mkdirSync(builds, { recursive: true });
  const work = mkdtempSync(join(builds, "suite-"));
  const remove = (): void => rmSync(work, { recursive: true, force: true });
  try {
    const root = join(work, "root/tsbpfc");
    mkdirSync(join(root, "lab"), { recursive: true });
    const files = [...paths].sort();
    await bundle(files, root);
    copyRuntimeFiles(root);
    const orders: Orders = { kernel: "host", files, pattern: null };
    writeFileSync(join(root, "lab/orders.json"), JSON.stringify(orders));
    await buildFixtures(root);
    for (const probe of collect(root)) await buildProbe(probe, kernels, root);
    const archive = join(work, "suite.cpio");
    writeArchive(join(work, "root"), archive);
    return { files, archive, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** What one machine is told, as an archive that is unpacked over the suite. */
export function writeOrders(orders: Orders, path: string): void {
  const work = mkdtempSync(join(tmpdir(), "tsbpfc-orders-"));
  try {
    mkdirSync(join(work, "tsbpfc/lab"), { recursive: true });
    writeFileSync(join(work, "tsbpfc/lab/orders.json"), JSON.stringify(orders));
    writeArchive(work, path);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Test files, the runtime as built skeletons and examples import it, and the runner, with shared modules once. */
async function bundle(files: readonly string[], root: string): Promise<void> {
  await build({
    entryPoints: Object.fromEntries([
      ...files.map((file) => [file.replace(/\.ts$/, ""), file]),
      ["lab/main", "test/lab/guest/main.ts"],
      ["node_modules/@tsbpfc/runtime/index", "runtime/src/index.ts"],
    ]),
    absWorkingDir: repository,
    outdir: root,
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "linked",
    sourcesContent: false,
    conditions: ["tsbpfc-source"],
    external: [...natives],
    plugins: [replacing],
    logLevel: "error",
  });
}

const replacing: Plugin = {
  name: "replacing",
  setup({ onResolve }) {
    onResolve({ filter: /^@tsbpfc\/compiler$/ }, ({ importer, kind }) => ({
      errors: [
        {
          text: `${importer} (${kind}): there is no compiler in the machines: declareProbe() what is to be compiled`,
        },
      ],
    }));
    onResolve(
      { filter: /^vitest$|\/(built-probes|compile|skeleton)\.js$/ },
      ({ path, importer, resolveDir }) => {
        const isOther =
          /(compile|skeleton)\.js$/.test(path) && !join(resolveDir, path).includes("/fixtures/");
        const file = isOther ? undefined : replaced[basename(path)];
        // The replacements themselves mean the types of what they replace.
        return file === undefined || importer.includes("/lab/guest/")
          ? null
          : { path: join(repository, file) };
      },
    );
  },
};

function copyRuntimeFiles(root: string): void {
  writeFileSync(join(root, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(root, "node_modules/@tsbpfc/runtime/package.json"),
    JSON.stringify({ name: "@tsbpfc/runtime", type: "module", exports: "./index.js" }),
  );
  for (const name of natives) {
    const isNeeded = (path: string): boolean =>
      !/\/(musl_x64|doc|vendor)(\/|$)/.test(path.slice(repository.length));
    cpSync(join(repository, "node_modules", name), join(root, "node_modules", name), {
      recursive: true,
      filter: isNeeded,
    });
  }
  // The examples as they are built, and their sources, which tests read, as they do samples and tools.
  const isExample = (path: string): boolean => !path.includes("node_modules") && !/\.(map|o)$/.test(path);
  cpSync(join(repository, "examples"), join(root, "examples"), { recursive: true, filter: isExample });
  for (const read of ["test/samples", "test/tools"])
    cpSync(join(repository, read), join(root, read), { recursive: true });
}

/**
 * Objects that clang makes of the runtime's fixtures, and their skeletons. Tests of the runtime fail without them, as
 * they do on this machine.
 */
async function buildFixtures(root: string): Promise<void> {
  const folder = join(root, "fixtures");
  mkdirSync(folder);
  if (!which("clang-19")) return;
  for (const file of readdirSync(join(repository, "runtime/fixtures"))) {
    const name = /^(.*)\.bpf\.c$/.exec(file)?.[1];
    if (name === undefined) continue;
    const object = compileFixture(name);
    writeFileSync(join(folder, `${name}.bpf.o`), object);
    const { ts } = generateSkeleton(parseObject(object), object, {
      name: "Fixture",
      source: `${name}.bpf.o`,
      embed: true,
    });
    const { code } = await transform(ts, { loader: "ts", format: "cjs", target: "node20" });
    writeFileSync(join(folder, `${name}.skel.cjs`), code);
  }
}

/** The probes that the bundled files declare. */
function collect(root: string): readonly ProbeSource[] {
  return JSON.parse(
    command(process.execPath, [join(root, "lab/main.js"), "--collect"]),
  ) as readonly ProbeSource[];
}

/** For each kernel that it is to run on: the object and its skeleton, or why the compiler refuses. */
async function buildProbe(probe: ProbeSource, kernels: readonly string[], root: string): Promise<void> {
  const made = new Map<string, string>();
  mkdirSync(join(root, "probes", probe.key), { recursive: true });
  for (const kernel of kernels) {
    const folder = join(root, "probes", probe.key, kernel);
    try {
      const { object, programName } = compileFor(kernel, probe);
      // Most objects are the same for all kernels.
      const content = Buffer.from(object).toString("latin1");
      const same = made.get(content);
      if (same === undefined) await writeProbe(folder, object, programName);
      else symlinkSync(same, folder);
      made.set(content, same ?? kernel);
    } catch (error) {
      if (!(error instanceof RefusedForKernelError))
        throw new LabError("broken", `a probe of the suite has errors:\n${error}`, { cause: error });
      mkdirSync(folder);
      writeFileSync(join(folder, "refused"), error.message);
    }
  }
}

async function writeProbe(folder: string, object: Uint8Array, name: string): Promise<void> {
  mkdirSync(folder);
  writeFileSync(join(folder, "probe.bpf.o"), object);
  const { ts } = generateSkeleton(parseObject(object), object, { name, source: "probe.bpf.o", embed: true });
  const { code } = await transform(ts, { loader: "ts", format: "esm", target: "node20" });
  writeFileSync(join(folder, "probe.skel.js"), code);
}

/** Files of the suite; where there are filters, those whose paths hold one of them. */
export function testFiles(filters: readonly string[] = []): readonly string[] {
  const files = suiteFiles
    .flatMap(expand)
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
  if (files.length === 0)
    throw new LabError("broken", `no test file of the suite is like ${filters.join(", ")}`);
  return files;
}

/** A test file, or those of a folder. */
function expand(path: string): readonly string[] {
  if (path.endsWith(".ts")) return [path];
  return readdirSync(join(repository, path))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${path}/${name}`);
}
