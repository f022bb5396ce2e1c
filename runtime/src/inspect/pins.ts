import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pinnedKind } from "../sys/bpf.js";

/** Something that is pinned. */
export interface Pin {
  readonly path: string;
  /** What opens it: `pinnedMap`, `pinnedProgram`, `pinnedLink`. */
  readonly kind: "map" | "program" | "link";
}

const kinds = { map: "map", prog: "program", link: "link", btf: null } as const;

/**
 * What is pinned in a folder of a BPF file system and in those below, in the order of their names. Pins that go meanwhile
 * are left out.
 *
 * @throws SyscallError for a pin that this process may not open; Node's error for a folder that it may not read
 */
export function* pins(folder = "/sys/fs/bpf"): Generator<Pin, void, undefined> {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* pins(path);
    } else {
      const found = pinnedKind(path);
      const kind = found && kinds[found];
      if (kind) yield { path, kind };
    }
  }
}
