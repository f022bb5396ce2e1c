import { type FSWatcher, statSync, watch as watchFolder } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type BuildOptions, buildOnce, type Round } from "./build.js";
import { CommandError, ExitCode } from "./exit-codes.js";
import { failureOf, reasonOf } from "./failures.js";
import { foldersOf } from "./probes.js";

/** An editor writes a file in several steps. */
const SETTLE_MS = 50;

/** What the next round is to build: the command line and the project's configuration, read anew. */
export type NextJob = () => Promise<{ readonly files: readonly string[]; readonly options: BuildOptions }>;

/**
 * Builds, and again when a file changes that was read or looked for, when a probe appears, and when the configuration
 * (an absolute path) changes. Errors are said, and the next change is waited for. Ends when the signal is given.
 */
export async function watch(next: NextJob, config: string, signal: AbortSignal): Promise<ExitCode> {
  const folders = new Folders();
  signal.addEventListener("abort", () => folders.close(), { once: true });
  let inputs: ReadonlySet<string> = new Set([config]);
  while (!signal.aborted) {
    const start = Date.now();
    const round = await attempt(next, folders);
    // After an error of the command itself, what was read before is all that is known.
    if (round) inputs = new Set([config, ...round.inputs]);
    folders.add([...inputs].map(dirname));
    if (round) process.stderr.write(`tsbpfc: ${summary(round)}; watching\n`);
    if ([...inputs].some((path) => changedSince(path, start))) continue;
    await folders.change((path) => inputs.has(path) || path.endsWith(".bpf.ts") || isFolder(path), signal);
  }
  return ExitCode.ok;
}

async function attempt(next: NextJob, folders: Folders): Promise<Round | null> {
  try {
    const { files, options } = await next();
    folders.add(foldersOf(files));
    return await buildOnce(files, options);
  } catch (error) {
    process.stderr.write(failureOf(error).text);
    return null;
  }
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
const summary = ({ probes, errors }: Round): string =>
  `${counted(probes, "probe")}, ${counted(errors, "error")}`;

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Before its folder was watched, or while it was read. A time to come, and that of a kernel's own file, say nothing. */
function changedSince(path: string, start: number): boolean {
  const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return !path.startsWith("/sys/") && time > start && time <= Date.now();
}

/** Folders one by one, not recursively: Node would watch all of node_modules. */
class Folders {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #changed = new Set<string>();
  #wake: (() => void) | null = null;

  add(paths: readonly string[]): void {
    for (const path of paths) {
      const folder = resolve(path);
      if (this.#watchers.has(folder) || !isFolder(folder) || folder.startsWith("/sys")) continue;
      const watcher = this.#watch(folder);
      // Of a folder that is removed; it is watched anew when it is back.
      watcher.on("error", () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    }
  }

  /** @throws CommandError `environment`: the system watches a limited number of folders */
  #watch(folder: string): FSWatcher {
    try {
      return watchFolder(folder, (event, name) => {
        if (name === null) return;
        const path = join(folder, name);
        if (event === "rename") this.#forget(path);
        this.#changed.add(path);
        this.#wake?.();
      });
    } catch (error) {
      throw new CommandError("environment", `cannot watch ${folder}: ${reasonOf(error)}`);
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  /** Waits for a change that matters, and for what comes with it. */
  async change(matters: (path: string) => boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && ![...this.#changed].some(matters)) {
      this.#changed.clear();
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    await new Promise((done) => setTimeout(done, signal.aborted ? 0 : SETTLE_MS));
    this.#changed.clear();
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#wake?.();
  }
}
