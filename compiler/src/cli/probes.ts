import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { CommandError } from "./exit-codes.js";
import { reasonOf } from "./failures.js";

const SUFFIX = ".bpf.ts";

/**
 * The probes that a command was given: files as they are, folders as every `*.bpf.ts` below them, nothing as the
 * current folder. Each once, in the order given.
 *
 * @throws CommandError `usage` if there is none, or a name is not of a TypeScript file; `environment` if a folder
 * cannot be read.
 */
export function probesOf(names: readonly string[], cwd = process.cwd()): string[] {
  const found = names.length === 0 ? findProbes(cwd) : names.flatMap(expand);
  return [...new Map(found.map((file) => [resolve(file), file])).values()];
}

function expand(name: string): string[] {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) return findProbes(name);
  if (!name.endsWith(".ts") || name.endsWith(".d.ts"))
    throw new CommandError("usage", `${name} is not a probe: probes are TypeScript, *${SUFFIX}`);
  return [name];
}

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
      if (entry.isDirectory())
        return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : walk(path);
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
