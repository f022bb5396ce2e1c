import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { ModuleNames } from "../dialect/session.js";

export const STDLIB = "@tsbpfc/stdlib";

/** Where the standard library's sources are: the ones that this compiler was built for. */
export interface StdlibLocation {
  /** Folder that holds all of them, with a trailing slash. */
  readonly folder: string;
  /** What `@tsbpfc/stdlib` means. */
  readonly index: string;
  /** Global declarations that take the place of TypeScript's own library. */
  readonly core: string;
  /** Its modules that are written in the dialect itself. */
  readonly code: readonly string[];
}

export function findStdlib(): StdlibLocation {
  const folder = `${dirname(createRequire(import.meta.url).resolve(`${STDLIB}/package.json`))}/src/`;
  return {
    folder,
    index: `${folder}index.d.ts`,
    core: `${folder}core.d.ts`,
    code: ["headers.ts", "packet.ts", "sched-ext.ts", "usdt.ts"].map((name) => `${folder}${name}`),
  };
}

/** What `tsbpfc vmlinux` writes, or what is made in its place. */
export const isKernelModule = (fileName: string): boolean => /^vmlinux(\.d)?\.ts$/.test(basename(fileName));

const isDeclaredKernelModule = (fileName: string): boolean => basename(fileName) === "vmlinux.d.ts";

/** @param stdlib folder of the standard library's sources, with a trailing slash */
export function moduleNames(stdlib: string, probe: string): ModuleNames {
  const root = dirname(resolve(probe));
  return {
    isStdlib: (fileName) => fileName.startsWith(stdlib),
    isKernel: isKernelModule,
    objectName: (fileName) => {
      if (fileName.startsWith(stdlib)) return `${STDLIB}/${fileName.slice(stdlib.length)}`;
      const inPackage = fileName.lastIndexOf("/node_modules/");
      if (inPackage >= 0) return fileName.slice(inPackage + "/node_modules/".length);
      return relative(root, fileName);
    },
  };
}

/** The files that a relative import may stand for, the first that is there being taken. */
export function importCandidates(name: string, from: string): readonly string[] {
  const base = join(dirname(from), name).replace(/\.js$/, "");
  return [`${base}.ts`, `${base}.d.ts`, `${base}/index.ts`];
}

/** Where an import leads, or null if it is not one of ours to decide. */
export function resolveImport(name: string, from: string, stdlib: StdlibLocation): string | null {
  if (name === STDLIB) return stdlib.index;
  if (!name.startsWith(".")) return null;
  const candidates = importCandidates(name, from);
  // A missing vmlinux module is made from BTF.
  return candidates.find((file) => existsSync(file)) ?? candidates.find(isDeclaredKernelModule) ?? null;
}

export function readSource(fileName: string): string | null {
  try {
    return readFileSync(fileName, "utf8");
  } catch {
    return null;
  }
}
