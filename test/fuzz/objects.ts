import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** An object to be damaged. */
export interface Sound {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const include = `-I/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
/** What bpf_tracing.h calls this machine. */
const arch = process.arch === "arm64" ? "arm64" : "x86";
/** Where sources of objects are: the runtime has other programs in C beside them. */
const folders = [
  ["loader/fixtures", ".c"],
  ["loader/fixtures/skeleton", ".c"],
  ["runtime/fixtures", ".bpf.c"],
] as const;

/** The C sources of all fixtures, from the repository's root. */
export const fixtureSources = (root: string): string[] =>
  folders.flatMap(([folder, suffix]) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(suffix))
      .map((file) => join(folder, file))
      .sort(),
  );

/** Compiles one with clang. @throws Error with what clang says */
export function compileSource(root: string, source: string, object: string, target: "bpfel" | "bpfeb"): void {
  const options = ["-g", "-O2", "-target", target, "-mcpu=v3", `-D__TARGET_ARCH_${arch}`, include];
  const args = [...options, "-c", join(root, source), "-o", object];
  const { status, stderr, error } = spawnSync("clang-19", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${source}: ${error?.message ?? stderr}`);
}

/** Every fixture as an object in `folder`, and a few in big endian. */
export function compileFixtures(root: string, folder: string): void {
  for (const source of fixtureSources(root)) {
    const name = source.replace(/\W+/g, "-");
    compileSource(root, source, join(folder, `${name}.o`), "bpfel");
    if (/loader.fixtures.(core|maps|externs)\.c$/.test(source))
      compileSource(root, source, join(folder, `${name}.be.o`), "bpfeb");
  }
}

/** The objects in a folder, by name. */
export const readObjects = (folder: string): Sound[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".o"))
    .sort()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }));
