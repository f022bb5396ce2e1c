import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, which } from "./command.js";
import { LabError } from "./errors.js";
import { cacheFolder } from "./paths.js";

/** Lists of packages, of this machine or of the lab's own. apt checks what comes against signed lists. */
export interface PackageLists {
  /** Packages whose names hold a text. */
  names(text: string): readonly string[];
  /** Puts their files into a folder. */
  download(names: readonly string[], folder: string): void;
  /** Lists grow old: a mirror no longer has what they name. They are renewed once, where that is allowed. */
  updatingOnce<T>(attempt: () => T): T;
}

const isRoot = process.getuid?.() === 0;

/** What this machine installs from. */
export const machineLists: PackageLists = packageLists([], () =>
  isRoot ? command("apt-get", ["update", "-qq"]) : command("sudo", ["-n", "apt-get", "update", "-qq"]),
);

/**
 * Another suite of Debian, from the mirror that this machine installs from. The lists are kept in the lab's cache; the
 * machine's own are left as they are.
 *
 * @throws LabError `unavailable` where Debian is not what is installed from
 */
export function suiteLists(suite: string): PackageLists {
  const folder = join(cacheFolder, "apt", suite);
  mkdirSync(join(folder, "lists/partial"), { recursive: true });
  mkdirSync(join(folder, "archives/partial"), { recursive: true });
  const sources = join(folder, "sources.list");
  const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : "";
  writeFileSync(sources, `deb ${signed}${debianMirror()} ${suite} main\n`);
  const options = {
    "Dir::Etc::SourceList": sources,
    "Dir::Etc::SourceParts": "/dev/null",
    "Dir::State::Lists": join(folder, "lists"),
    "Dir::Cache": folder,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return packageLists(flags, () => command("apt-get", [...flags, "update", "-qq"]));
}

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Where this machine gets Debian's packages. */
function debianMirror(): string {
  const format = "$(ORIGIN) $(LABEL) $(REPO_URI)";
  const targets = command("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const found = /^Debian Debian (\S+)$/m.exec(targets)?.[1];
  if (found === undefined)
    throw new LabError(
      "unavailable",
      "kernels come from Debian's packages, and this machine has no Debian mirror",
    );
  return found;
}

function packageLists(flags: readonly string[], update: () => unknown): PackageLists {
  return {
    names: (text) =>
      command("apt-cache", [...flags, "pkgnames"])
        .split("\n")
        .filter((name) => name.includes(text)),
    download: (names, folder) => {
      command("apt-get", [...flags, "download", ...names], { cwd: folder });
    },
    updatingOnce: (attempt) => {
      if (!which("apt-get"))
        throw new LabError("unavailable", "kernels come from Debian's packages, and there is no apt-get");
      try {
        return attempt();
      } catch (first) {
        try {
          update();
        } catch {
          throw first;
        }
        return attempt();
      }
    },
  };
}
