import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { bind, type Llvm } from "./bindings.js";
import { LlvmNotFoundError } from "./errors.js";

/** Newest first. 18 is the first whose BPF back end has what the compiler writes (`llvm.preserve.static.offset`). */
const VERSIONS = [22, 21, 20, 19, 18] as const;
const OLDEST = 18;

/** How distributions name the library: Debian, Fedora, Arch, Alpine, and LLVM's own packages. */
const NAMES: readonly ((version: number) => string)[] = [
  (v) => `libLLVM.so.${v}.1`,
  (v) => `libLLVM-${v}.so`,
  (v) => `libLLVM-${v}.so.1`,
  (v) => `libLLVM.so.${v}`,
];

/** Folders outside the dynamic linker's search path. */
const FOLDERS: readonly ((version: number) => string)[] = [
  (v) => `/usr/lib/llvm-${v}/lib`,
  (v) => `/usr/lib/llvm${v}/lib`,
  (v) => `/usr/lib64/llvm${v}/lib64`,
];

/** macOS, for those who compile there. */
const HOMEBREW: readonly ((version: number) => string)[] = [
  (v) => `/opt/homebrew/opt/llvm@${v}/lib/libLLVM.dylib`,
  (v) => `/usr/local/opt/llvm@${v}/lib/libLLVM.dylib`,
];

const REMEDY =
  "Install LLVM's shared library, version 18 or later (Debian and Ubuntu: apt install libllvm19; Fedora: " +
  "dnf install llvm-libs), or name it with --llvm or the environment variable TSBPFC_LLVM.";

let cached: { readonly key: string; readonly llvm: Llvm } | null = null;

/**
 * Loads libLLVM: `path` if given, else what TSBPFC_LLVM names, else the newest that the dynamic linker or a
 * well-known folder has, else what `llvm-config` points to. Loaded once for each process and path.
 *
 * @throws LlvmNotFoundError naming everything tried.
 */
export function findLlvm(path?: string): Llvm {
  const explicit = path ?? process.env.TSBPFC_LLVM ?? "";
  if (cached?.key === explicit) return cached.llvm;
  const tried: string[] = [];
  for (const candidate of explicit === "" ? candidates() : [explicit]) {
    const llvm = tryLoad(candidate, tried);
    if (llvm === null) continue;
    cached = { key: explicit, llvm };
    return llvm;
  }
  const what =
    explicit === "" ? "LLVM's shared library was not found." : `${explicit} is not a usable libLLVM.`;
  const why = explicit === "" ? "" : ` ${tried.at(-1) ?? ""}.`;
  throw new LlvmNotFoundError(`${what}${why} ${REMEDY}`, tried);
}

function* candidates(): Generator<string> {
  for (const version of VERSIONS) {
    for (const name of NAMES) yield name(version);
    for (const folder of FOLDERS) {
      for (const file of [...NAMES.map((name) => name(version)), "libLLVM.so"]) {
        const full = join(folder(version), file);
        if (existsSync(full)) yield full;
      }
    }
    for (const brew of HOMEBREW) if (existsSync(brew(version))) yield brew(version);
  }
  for (const program of [...VERSIONS.map((version) => `llvm-config-${version}`), "llvm-config"]) {
    const folder = libraryFolder(program);
    if (folder === null) continue;
    for (const file of ["libLLVM.so", "libLLVM.dylib"]) yield join(folder, file);
  }
}

function libraryFolder(program: string): string | null {
  try {
    const folder = execFileSync(program, ["--libdir"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return folder.trim();
  } catch {
    return null; // not installed: the next candidate
  }
}

function tryLoad(candidate: string, tried: string[]): Llvm | null {
  if (isAbsolute(candidate) && !existsSync(candidate)) {
    tried.push(`${candidate}: no such file`);
    return null;
  }
  try {
    const llvm = bind(candidate);
    if (llvm.major >= OLDEST) return llvm;
    tried.push(`${candidate}: LLVM ${llvm.major} is too old`);
  } catch (error) {
    tried.push(`${candidate}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return null;
}
