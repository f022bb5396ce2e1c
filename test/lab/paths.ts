import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const repository: string = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/** Where kernels and parts of initramfs are kept: outside the tree, for every working copy. */
export const cacheFolder: string =
  process.env.TSBPFC_LAB_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tsbpfc", "lab");
