import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { command, which } from "./command.js";
import { LabError } from "./errors.js";
import type { FetchedKernel } from "./fetch.js";
import { modules } from "./kernels.js";
import { selectModules } from "./modules.js";
import { cacheFolder, repository } from "./paths.js";

/** Programs that run in the virtual machine as they are on this one, with the libraries that they are linked with. */
const programs: readonly {
  readonly name: string;
  readonly package: string;
  readonly isOptional?: true;
  /** Where tests look for it; else it is somewhere in the path. */
  readonly at?: string;
}[] = [
  { name: "ip", package: "iproute2" },
  { name: "tc", package: "iproute2" },
  { name: "bpftool", package: "bpftool", isOptional: true },
  { name: "chrt", package: "util-linux" },
  { name: "flock", package: "util-linux" },
  { name: "bash", package: "bash", at: "/bin/bash" },
];

/** Folders that have to be there before anything is mounted. */
const folders = [
  "proc",
  "sys",
  "dev",
  "tmp",
  "run",
  "etc",
  "root",
  "var/run",
  "lib/modules",
  "tsbpfc",
] as const;

/**
 * The initramfs of a kernel: archives one after the other, which the kernel unpacks over each other. Only the
 * suite is made anew each time; the programs (100 MB, most of it Node) and the modules are kept in the cache.
 */
export function writeInitramfs(path: string, kernel: FetchedKernel, suite: readonly string[]): void {
  copyFileSync(programsArchive(), path);
  for (const part of [modulesArchive(kernel), ...suite]) appendFileSync(path, readFileSync(part));
}

/** BusyBox, Node, iproute2, their libraries, and `/init`. */
function programsArchive(): string {
  const node = realpathSync(process.execPath);
  const busybox = needed("busybox", "busybox-static");
  const tools = programs.flatMap((program) => {
    const path = program.isOptional ? which(program.name) : needed(program.name, program.package);
    return path === null ? [] : [{ name: program.name, path, at: program.at ?? `/usr/sbin/${program.name}` }];
  });
  const init = join(repository, "test/lab/guest/init");
  const files = [node, busybox, ...tools.map(({ path }) => realpathSync(path))];
  return archive("programs", [...files.map(identity), readFileSync(init, "utf8")], (root) => {
    for (const folder of [...folders, "bin", "usr/bin", "usr/sbin"])
      mkdirSync(join(root, folder), { recursive: true });
    install(root, "/bin/busybox", busybox);
    const real = new Set(tools.map(({ name }) => name));
    for (const applet of command(busybox, ["--list"]).trim().split("\n"))
      if (applet !== "busybox" && !real.has(applet)) symlinkSync("busybox", join(root, "bin", applet));
    install(root, "/usr/bin/node", node);
    for (const { at, path } of tools) install(root, at, path);
    for (const library of libraries([node, ...tools.map(({ path }) => path)]))
      install(root, library, library);
    install(root, "/init", init);
  });
}

/** Modules in the order in which `/init` loads them: `/lib/modules/NN-name.ko`. */
function modulesArchive(kernel: FetchedKernel): string {
  const { release, sha256 } = kernel.manifest;
  // A module goes with the image it was built with.
  return archive(`modules-${release}`, [sha256.image, ...modules], (root) => {
    const folder = join(root, "lib/modules");
    mkdirSync(folder, { recursive: true });
    for (const [index, { name, bytes }] of selectModules(kernel, modules).entries())
      writeFileSync(join(folder, `${String(index).padStart(2, "0")}-${name}.ko`), bytes);
  });
}

/** An archive in the cache, by what it is made from. It is there whole, or not at all. */
function archive(name: string, from: readonly string[], fill: (root: string) => void): string {
  const key = createHash("sha256").update(JSON.stringify(from)).digest("hex").slice(0, 16);
  const folder = join(cacheFolder, "initramfs");
  const path = join(folder, `${name}-${key}.cpio`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const root = mkdtempSync(join(folder, ".make-"));
  try {
    fill(root);
    writeArchive(root, `${root}.cpio`);
    renameSync(`${root}.cpio`, path);
  } finally {
    rmSync(root, { recursive: true, force: true });
    rmSync(`${root}.cpio`, { force: true });
  }
  return path;
}

/** A folder as the kernel takes it: cpio's `newc`, owned by root. @throws Error if it cannot be written whole */
export function writeArchive(root: string, path: string): void {
  const names = execFileSync("find", [".", "-mindepth", "1", "-print0"], { cwd: root, maxBuffer: 1 << 26 });
  const output = openSync(path, "w");
  try {
    execFileSync(needed("cpio", "cpio"), ["--create", "--format=newc", "--null", "--owner=0:0", "--quiet"], {
      cwd: root,
      input: names,
      stdio: ["pipe", output, "pipe"],
    });
  } finally {
    closeSync(output);
  }
}

function install(root: string, at: string, from: string): void {
  const path = join(root, at);
  mkdirSync(dirname(path), { recursive: true });
  cpSync(from, path, { dereference: true });
  chmodSync(path, 0o755);
}

/** What the dynamic linker would load, the linker itself among it. */
function libraries(paths: readonly string[]): ReadonlySet<string> {
  const printed = paths.map((path) => command("ldd", [path])).join("\n");
  return new Set(Array.from(printed.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm), ([, path]) => path ?? ""));
}

/** Whether a file is still the one that an archive was made from. */
function identity(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${basename(path)} ${size} ${mtimeMs}`;
}

function needed(name: string, debianPackage: string): string {
  const path = which(name);
  if (path === null) throw new LabError("unavailable", `${name} is missing: apt install ${debianPackage}`);
  return path;
}
