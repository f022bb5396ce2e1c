import { readdirSync } from "node:fs";
import { join } from "node:path";
import { CommandError } from "./exit-codes.js";

/** Every `*.bpf.ts` below a folder, in name order; not in node_modules and hidden folders. */
export function findProbes(folder: string): string[] {
  const found = walk(folder);
  if (found.length === 0)
    throw new CommandError(
      "usage",
      "there is no *.bpf.ts below this folder. Name a probe: tsbpfc build probe.bpf.ts",
    );
  return found;
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : walk(path);
      return entry.name.endsWith(".bpf.ts") ? [path] : [];
    });
}
