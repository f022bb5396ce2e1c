import { createHash } from "node:crypto";
import {
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
import { machineLists, type PackageLists, suiteLists } from "./apt.js";
import { command } from "./command.js";
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
  /** The package of the image, and those that newer releases put image and modules into. */
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
  }[];
  /** The running kernel's name for itself, `uname -r`. */
  readonly release: string;
  readonly fetched: string;
  /** SHA-256 of what is taken from the packages. */
  readonly sha256: { readonly image: string };
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
  const { package: pattern } = row;
  if (pattern === null) throw new LabError("broken", `${row.name} is no kernel to fetch`);
  if (process.arch !== "x64")
    throw new LabError("unavailable", `the lab's kernels are for x86-64, this machine is ${process.arch}`);
  mkdirSync(join(cacheFolder, "kernels"), { recursive: true });
  const work = mkdtempSync(join(cacheFolder, "kernels", ".fetch-"));
  try {
    const apt = row.suite === undefined ? machineLists : suiteLists(row.suite);
    const { release, files } = apt.updatingOnce(() => {
      const release = newest(apt, pattern);
      const names = apt
        .names(`-${release}`)
        .filter((name) => parts.includes(name.replace(`-${release}`, "")));
      apt.download(names, work);
      return { release, files: readdirSync(work).filter((entry) => entry.endsWith(".deb")) };
    });
    const unpacked = join(work, "unpacked");
    for (const file of files) command("dpkg", ["-x", join(work, file), unpacked]);
    const ready = join(work, "ready");
    mkdirSync(ready);
    renameSync(
      found(unpacked, [`boot/vmlinuz-${release}`, `usr/lib/modules/${release}/vmlinuz`]),
      join(ready, "vmlinuz"),
    );
    const places = [`lib/modules/${release}`, `usr/lib/modules/${release}`];
    if (row.isWithoutModules) mkdirSync(join(ready, "modules"));
    else renameSync(found(unpacked, places), join(ready, "modules"));
    const field = (file: string, name: string): string =>
      command("dpkg-deb", ["-f", join(work, file), name]).trim();
    const manifest: Manifest = {
      packages: files.map((file) => ({
        name: field(file, "Package"),
        version: field(file, "Version"),
        sha256: sha256(join(work, file)),
      })),
      release,
      fetched: new Date().toISOString(),
      sha256: { image: sha256(join(ready, "vmlinuz")) },
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

/** Before Linux 7.0 the first has all; from then on it only asks for the others. */
const parts: readonly string[] = ["linux-image", "linux-base", "linux-binary", "linux-modules"];

/** The first that is there: packages of different ages put things into different places. */
function found(folder: string, places: readonly string[]): string {
  const at = places.map((place) => join(folder, place)).find(existsSync);
  if (at === undefined) throw new LabError("broken", `the packages have no ${places.join(", no ")}`);
  return at;
}

/** The newest release whose image a pattern takes. */
function newest(apt: PackageLists, pattern: RegExp): string {
  const names = apt.names("linux-image-").filter((name) => pattern.test(name));
  const [first] = names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  if (first === undefined) throw new Error(`the package lists have nothing like ${pattern}`);
  return first.replace(/^linux-image-/, "");
}

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
