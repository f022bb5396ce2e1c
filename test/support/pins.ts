import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { run } from "./root.js";

/** Where programs and maps are pinned. */
export const bpffs = "/sys/fs/bpf";

/** Mounts the BPF file system, if nobody did. */
export function mountBpffs(): void {
  if (spawnSync("mountpoint", ["-q", bpffs]).status === 0) return;
  mkdirSync(bpffs, { recursive: true });
  run("mount", "-t", "bpf", "bpf", bpffs);
}

/** A new folder for pins. */
export function pinFolder(name: string): string {
  mountBpffs();
  const path = `${bpffs}/${name}`;
  mkdirSync(path);
  return path;
}
