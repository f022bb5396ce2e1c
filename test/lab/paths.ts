import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder: the lab runs from its sources under vitest, and from a bundle on the command line. */
export const repository = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package-lock.json"))) {
    if (folder === dirname(folder)) throw new Error("the lab is not in its repository");
    folder = dirname(folder);
  }
  return folder;
})();

/** Where kernels and parts of initramfs are kept: outside the tree, for every working copy. */
export const cacheFolder: string =
  process.env.TSBPFC_LAB_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tsbpfc", "lab");
