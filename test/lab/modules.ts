import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseElf } from "@tsbpfc/loader";
import { LabError } from "./errors.js";
import type { FetchedKernel } from "./fetch.js";

/** A kernel module as it is loaded. */
export interface Module {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Modules of a kernel with all that they depend on, in the order in which they can be loaded. What is built in is left
 * out. Debian's packages have no `modules.dep` (it is made when they are installed), so each module's own list of
 * dependencies is read.
 */
export function selectModules(kernel: FetchedKernel, wanted: readonly string[]): readonly Module[] {
  const files = new Map(
    readdirSync(kernel.modules, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.ko(\.xz|\.zst)?$/.test(path))
      .map((path) => [moduleName(path), join(kernel.modules, path)]),
  );
  if (files.size === 0) return [];
  const builtin = new Set(
    readFileSync(join(kernel.modules, "modules.builtin"), "utf8").trim().split("\n").map(moduleName),
  );
  const selected = new Map<string, Module>();
  const select = (name: string): void => {
    if (selected.has(name) || builtin.has(name)) return;
    const path = files.get(name);
    if (path === undefined)
      throw new LabError("broken", `kernel ${kernel.manifest.release} has no module ${name}`);
    const bytes = decompressed(path);
    for (const dependency of dependencies(bytes)) select(dependency);
    selected.set(name, { name, bytes });
  };
  for (const name of wanted) select(name);
  return [...selected.values()];
}

/** Files may have dashes where the kernel has underscores. */
const moduleName = (path: string): string =>
  basename(path)
    .replace(/\.ko.*$/, "")
    .replaceAll("-", "_");

function decompressed(path: string): Uint8Array {
  const tool = path.endsWith(".xz") ? "xz" : path.endsWith(".zst") ? "zstd" : null;
  return tool === null ? readFileSync(path) : execFileSync(tool, ["-dc", path], { maxBuffer: 1 << 26 });
}

/** `depends=a,b` in a module's `.modinfo`: texts that end with NUL. */
function dependencies(bytes: Uint8Array): readonly string[] {
  const elf = parseElf(bytes, { anyMachine: true });
  const section = elf.section(".modinfo");
  const texts = section ? new TextDecoder().decode(elf.contents(section)).split("\0") : [];
  const depends = texts.find((text) => text.startsWith("depends="))?.slice("depends=".length) ?? "";
  return depends
    .split(",")
    .filter((name) => name !== "")
    .map((name) => name.replaceAll("-", "_"));
}
