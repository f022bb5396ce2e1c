import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

export interface Source {
  readonly name: string;
  readonly text: string;
}

/** Larger files cost time and hold nothing else. */
const LARGEST_BYTES = 40_000;
/** Of each package: some have hundreds of files that are alike. */
const FILES_OF_A_FOLDER = 12;

/** Probes: what is mutated. */
export const probes = (root: string): readonly Source[] =>
  ["test", "examples"].flatMap((folder) => read(root, files(join(root, folder), /\.bpf\.ts$/)));

/** TypeScript that nobody wrote for the kernel: sources of this repository, and declarations of its packages. */
export function ordinary(root: string): readonly Source[] {
  const sources = ["compiler/src", "loader/src", "runtime/src"].flatMap((f) => files(join(root, f), /\.ts$/));
  const packages = readdirSync(join(root, "node_modules"))
    .filter((name) => !name.startsWith(".") && name !== "@tsbpfc")
    .sort()
    .flatMap((name) =>
      files(join(root, "node_modules", name), /\.[cm]?ts$/)
        .filter((file) => statSync(file).size <= LARGEST_BYTES)
        .slice(0, FILES_OF_A_FOLDER),
    );
  return read(root, [...sources, ...packages]);
}

const read = (root: string, names: readonly string[]): Source[] =>
  names
    .filter((file) => statSync(file).size <= LARGEST_BYTES)
    .map((file) => ({ name: relative(root, file), text: readFileSync(file, "utf8") }));

function files(folder: string, wanted: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return ["node_modules", ".build"].includes(entry.name) ? [] : files(path, wanted);
      return entry.isFile() && wanted.test(entry.name) ? [path] : [];
    });
}
