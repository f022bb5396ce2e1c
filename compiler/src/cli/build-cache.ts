import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { BuildOptions } from "./build.js";

/** What a file held: null if it was not there. */
type Content = readonly [path: string, sha256: string | null];

/** How one probe was built with one set of options. */
interface BuildRecord {
  /** The compiler, its libLLVM, and what the environment tells it. */
  readonly compiler: string;
  /** Everything that was read, and what was looked for. */
  readonly inputs: readonly Content[];
  readonly outputs: readonly Content[];
  /** Warnings, which are said each time. */
  readonly diagnostics: readonly Diagnostic[];
}

/** An edit while a build runs must not count as built: times of files are no finer than this everywhere. */
const TIME_GRAIN_MS = 20;

/**
 * Remembers how probes were built, so that one that did not change is not built again: then neither TypeScript nor
 * LLVM is loaded. Records are in `node_modules/.cache/tsbpfc` of the project; without a `node_modules` folder, or if
 * whatever is wrong with them, probes are built.
 */
export class BuildCache {
  readonly #file: string | null;
  readonly #start = Date.now();

  constructor(probe: string, stem: string, { json: _json, force: _force, ...options }: BuildOptions) {
    const folder = cacheFolder(dirname(resolve(probe)));
    const name = sha256(JSON.stringify([resolve(probe), stem, options]));
    this.#file = folder && bundle && join(folder, `${name}.json`);
  }

  /** What was said when it was built, and what was read; null if it has to be built. */
  unchanged(): { readonly diagnostics: readonly Diagnostic[]; readonly inputs: readonly string[] } | null {
    try {
      if (!this.#file) return null;
      const { compiler, inputs, outputs, diagnostics } = JSON.parse(
        readFileSync(this.#file, "utf8"),
      ) as BuildRecord;
      const [library] = compiler.split("\n");
      if (library === undefined || compiler !== compilerNow(library)) return null;
      return [...inputs, ...outputs].every(([path, sha]) => contentOf(path) === sha)
        ? { diagnostics, inputs: inputs.map(([path]) => path) }
        : null;
    } catch {
      return null; // no record, or none that can be read
    }
  }

  /** After the outputs are written. */
  remember(
    inputs: readonly string[] | null,
    outputs: readonly string[],
    diagnostics: readonly Diagnostic[],
  ): void {
    try {
      const library = loadedLibrary();
      if (!this.#file || !inputs || library === null || inputs.some((path) => this.#mayHaveChanged(path)))
        return;
      const content = (path: string): Content => [path, contentOf(path)];
      const record: BuildRecord = {
        compiler: compilerNow(library),
        inputs: inputs.map(content),
        outputs: outputs.map(content),
        diagnostics,
      };
      mkdirSync(dirname(this.#file), { recursive: true });
      const temporary = `${this.#file}.${process.pid}.tmp`;
      writeFileSync(temporary, JSON.stringify(record));
      renameSync(temporary, this.#file);
    } catch {
      // A project that cannot be written to is built each time.
    }
  }

  #mayHaveChanged(path: string): boolean {
    // The kernel's own files do not change while it runs, and their times say nothing.
    if (path.startsWith("/sys/")) return false;
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && Math.max(stat.mtimeMs, stat.ctimeMs) > this.#start - TIME_GRAIN_MS;
  }
}

/** The built compiler; null for sources that run as they are, in tests. */
const bundle = ((file: string) => (file.endsWith("/dist/tsbpfc.cjs") ? file : null))(
  fileURLToPath(import.meta.url),
);

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

const contentOf = (path: string): string | null => (existsSync(path) ? sha256(readFileSync(path)) : null);

/** Large files are known by their place, size and time. */
function identity(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${path} ${size} ${mtimeMs}`;
}

/** What made the object, with libLLVM's path on a line of its own. */
const compilerNow = (library: string): string =>
  [library, identity(library), bundle && identity(bundle), process.env.TSBPFC_LLVM ?? ""].join("\n");

/** The libLLVM that this process has loaded: by which name it was found, only the dynamic linker knows. */
const loadedLibrary = (): string | null =>
  /\s(\/\S*libLLVM\S*)$/m.exec(readFileSync("/proc/self/maps", "utf8"))?.[1] ?? null;

/** Of the nearest folder with packages, if it is the user's own: root must not leave files there. */
function cacheFolder(folder: string): string | null {
  const packages = join(folder, "node_modules");
  const stat = statSync(packages, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return stat.uid === process.getuid?.() ? join(packages, ".cache/tsbpfc") : null;
  return dirname(folder) === folder ? null : cacheFolder(dirname(folder));
}
