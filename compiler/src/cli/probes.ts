import { type Dirent, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { CommandError } from "./exit-codes.js";
import { reasonOf } from "./failures.js";

const SUFFIX = ".bpf.ts";

/**
 * The probes that a command was given: files as they are, folders as every `*.bpf.ts` below them, patterns as the
 * probes that they match, nothing as the current folder. Each once, in the order given.
 *
 * @throws CommandError `usage` if there is none, or a name is not of a TypeScript file; `environment` if a folder
 * cannot be read.
 */
export async function probesOf(names: readonly string[], cwd = process.cwd()): Promise<string[]> {
  const found =
    names.length === 0 ? findProbes(cwd) : (await Promise.all(names.map((name) => expand(name, cwd)))).flat();
  return [...new Map(found.map((file) => [resolve(file), file])).values()];
}

/** `*`, `?` and `**\/`: what tsconfig.json's `include` has. */
const isPattern = (name: string): boolean => /[*?]/.test(name) && !existsSync(name);

/** @throws CommandError `usage` if it matches none */
async function matching(pattern: string, cwd: string): Promise<string[]> {
  const { ts } = await import("ts-morph");
  const found = ts.sys.readDirectory(cwd, [".ts"], ["**/node_modules", "**/.*/"], [resolve(cwd, pattern)]);
  const probes = found.filter((file) => file.endsWith(SUFFIX)).sort();
  if (probes.length === 0)
    throw new CommandError(
      "usage",
      `no *${SUFFIX} matches ${pattern}. Patterns are those of tsconfig's include.`,
    );
  return probes.map((file) => relative(cwd, file));
}

async function expand(name: string, cwd: string): Promise<string[]> {
  if (isPattern(name)) return matching(name, cwd);
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) return findProbes(name);
  if (!name.endsWith(".ts") || name.endsWith(".d.ts"))
    throw new CommandError("usage", `${name} is not a probe: probes are TypeScript, *${SUFFIX}`);
  return [name];
}

/** The folders in which probes may appear: those that were named, and all below them. */
export function foldersOf(names: readonly string[], cwd = process.cwd()): string[] {
  const named = names.length === 0 ? [cwd] : names.map((name) => resolve(cwd, name.split(/[*?]/)[0] ?? ""));
  return named.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isDirectory() ? below(path) : [dirname(path)];
  });
}

const below = (folder: string): string[] => [
  folder,
  ...entriesOf(folder)
    .filter(isSearched)
    .flatMap((e) => below(join(folder, e.name))),
];

const isSearched = (entry: Dirent): boolean =>
  entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".");

/** Every `*.bpf.ts` below a folder, in name order; not in node_modules and hidden folders, nor behind symbolic links. */
function findProbes(folder: string): string[] {
  const found = walk(folder);
  if (found.length === 0)
    throw new CommandError(
      "usage",
      `there is no *${SUFFIX} below ${folder}. Name a probe: tsbpfc build probe${SUFFIX}`,
    );
  return found;
}

function walk(folder: string): string[] {
  return entriesOf(folder)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return isSearched(entry) ? walk(path) : [];
      return entry.name.endsWith(SUFFIX) ? [path] : [];
    });
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new CommandError("environment", `cannot look for probes in ${folder}: ${reasonOf(error)}`);
  }
}
