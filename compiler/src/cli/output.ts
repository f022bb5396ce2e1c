import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CommandError } from "./exit-codes.js";
import { reasonOf } from "./failures.js";

export interface OutputFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes files whole or not at all: each under a temporary name beside its own, renamed when all are written.
 *
 * @throws CommandError `environment` if one cannot be written.
 */
export function writeFiles(files: readonly OutputFile[]): void {
  const written: { readonly from: string; readonly to: string }[] = [];
  try {
    for (const { path, content } of files) {
      makeFolder(dirname(path));
      const temporary = `${path}.${process.pid}.tmp`;
      written.push({ from: temporary, to: path });
      writeFileSync(temporary, content);
    }
    for (const { from, to } of written) renameSync(from, to);
  } catch (error) {
    for (const { from } of written) rmSync(from, { force: true });
    throw new CommandError(
      "environment",
      `cannot write ${files.map((f) => f.path).join(", ")}: ${reasonOf(error)}`,
    );
  }
}

/** Not mkdirSync's own recursion: in a file system that has no folders to make (/proc) Node 20 never comes back. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
