import { readFileSync } from "node:fs";
import { cutLibrary } from "@tsbpfc/stdlib/tables";
import type { StdlibLocation } from "./modules.js";

/** The standard library for one probe. */
export interface Library {
  /** By path, what the checker is to see. */
  readonly texts: ReadonlyMap<string, string>;
  /** Every file that was read for it. */
  readonly inputs: readonly string[];
}

/** @param mentioned every name in the probe and in its modules */
export function libraryFor(mentioned: ReadonlySet<string>, stdlib: StdlibLocation): Library {
  const { folder } = stdlib;
  const nameOf = (path: string): string => path.slice(folder.length);
  const read = new Map<string, string>();
  const texts = cutLibrary(
    {
      index: nameOf(stdlib.index),
      core: nameOf(stdlib.core),
      code: new Set(stdlib.code.map(nameOf)),
      read: (file) => {
        const text = read.get(file) ?? readFileSync(folder + file, "utf8");
        read.set(file, text);
        return text;
      },
    },
    mentioned,
  );
  const paths = [...texts].map(([file, text]) => [folder + file, text] as const);
  return { texts: new Map(paths), inputs: [...read.keys()].map((file) => folder + file) };
}
