import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { command, which } from "./command.js";
import { LabError } from "./errors.js";
import type { KernelRow } from "./kernels.js";
import { cacheFolder } from "./paths.js";

/** A kernel in the cache: `vmlinuz`, and `modules` as its package has them. */
export interface FetchedKernel {
  readonly folder: string;
  readonly image: string;
  readonly modules: string;
  readonly manifest: Manifest;
}

/** What the cache holds of a kernel, in `manifest.json`. */
export interface Manifest {
  readonly package: string;
  readonly version: string;
  /** The running kernel's name for itself, `uname -r`. */
  readonly release: string;
  readonly fetched: string;
  /** SHA-256 of the package and of what is taken from it. */
  readonly sha256: { readonly package: string; readonly image: string };
}

/**
 * The kernel of a row, from the cache or else from the distribution's mirror (apt checks what comes against its
 * signed lists).
 *
 * @throws LabError `unavailable` if it is not in the cache, and cannot be fetched
 */
export function fetchKernel(row: KernelRow, { refresh = false } = {}): FetchedKernel {
  const folder = join(cacheFolder, "kernels", row.name);
  if (!refresh) {
    const cached = open(folder);
    if (cached) return cached;
  }
  download(row, folder);
  const fetched = open(folder);
  if (!fetched) throw new LabError("broken", `${folder}: what was just fetched does not fit its manifest`);
  return fetched;
}

/** Null if it is not there, or is not what its manifest says. */
function open(folder: string): FetchedKernel | null {
  const image = join(folder, "vmlinuz");
  try {
    const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
    if (sha256(image) !== manifest.sha256.image) return null;
    return { folder, image, modules: join(folder, "modules"), manifest };
  } catch {
    return null;
  }
}

function download(row: KernelRow, folder: string): void {
  if (row.package === null) throw new LabError("broken", `${row.name} is no kernel to fetch`);
  if (process.arch !== "x64")
    throw new LabError("unavailable", `the lab's kernels are for x86-64, this machine is ${process.arch}`);
  if (!which("apt-get"))
    throw new LabError("unavailable", "kernels come from Debian's packages, and there is no apt-get");
  mkdirSync(join(cacheFolder, "kernels"), { recursive: true });
  const work = mkdtempSync(join(cacheFolder, "kernels", ".fetch-"));
  try {
    const { name, file } = updatingOnce(() => {
      const name = newest(row.package);
      command("apt-get", ["download", name], { cwd: work });
      const file = readdirSync(work).find((entry) => entry.endsWith(".deb"));
      if (file === undefined) throw new Error("apt-get download gave no file");
      return { name, file: join(work, file) };
    });
    const unpacked = join(work, "unpacked");
    command("dpkg", ["-x", file, unpacked]);
    const release = name.replace(/^linux-image-/, "");
    const ready = join(work, "ready");
    mkdirSync(ready);
    cpSync(join(unpacked, "boot", `vmlinuz-${release}`), join(ready, "vmlinuz"));
    const modules = ["lib/modules", "usr/lib/modules"]
      .map((at) => join(unpacked, at, release))
      .find(existsSync);
    if (modules === undefined) throw new LabError("broken", `${name} has no modules`);
    renameSync(modules, join(ready, "modules"));
    const manifest: Manifest = {
      package: name,
      version: command("dpkg-deb", ["-f", file, "Version"]).trim(),
      release,
      fetched: new Date().toISOString(),
      sha256: { package: sha256(file), image: sha256(join(ready, "vmlinuz")) },
    };
    writeFileSync(join(ready, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(ready, folder);
  } catch (cause) {
    if (cause instanceof LabError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LabError("unavailable", `kernel ${row.name} could not be fetched: ${why}`, { cause });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Lists of packages grow old: a mirror no longer has what they name. They are renewed once, where that is allowed. */
function updatingOnce<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (first) {
    try {
      if (process.getuid?.() === 0) command("apt-get", ["update", "-qq"]);
      else command("sudo", ["-n", "apt-get", "update", "-qq"]);
    } catch {
      throw first;
    }
    return attempt();
  }
}

/** The newest package that a pattern takes. */
function newest(pattern: RegExp | null): string {
  const names = command("apt-cache", ["pkgnames", "linux-image-"])
    .split("\n")
    .filter((name) => pattern?.test(name));
  const [first] = names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  if (first === undefined) throw new Error(`the package lists have nothing like ${pattern}`);
  return first;
}

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
