import {
  BtfError,
  type CollectionSpec,
  CoreError,
  ElfError,
  generateSkeleton,
  parseObject,
  SkeletonError,
  SpecError,
} from "@tsbpfc/loader";
import { loadCollection, SyscallError, UsageError } from "@tsbpfc/runtime";

/**
 * How far an object came. `opened` and `loaded` are good, `refused` has a reason that is ours to give (by a typed
 * error, with its code), and `crashed` is a fault of the loader.
 */
export interface Verdict {
  readonly object: string;
  readonly outcome: "opened" | "loaded" | "refused" | "crashed";
  /** At which step, and why. */
  readonly step: "open" | "skeleton" | "load";
  readonly reason: string;
}

const typed = [ElfError, BtfError, SpecError, CoreError, SkeletonError, SyscallError, UsageError] as const;

/**
 * Opens an object and makes its skeleton; with a folder for pins, loads it into this machine's kernel as well, and
 * lets go of it.
 */
export function check(object: string, bytes: Uint8Array, load: { readonly pinPath: string } | null): Verdict {
  let step: Verdict["step"] = "open";
  try {
    const spec: CollectionSpec = parseObject(bytes);
    step = "skeleton";
    generateSkeleton(spec, bytes, { name: "Checked", source: object, embed: false });
    if (load === null) return { object, outcome: "opened", step, reason: "" };
    step = "load";
    loadCollection(spec, load).close();
    return { object, outcome: "loaded", step, reason: "" };
  } catch (error) {
    for (const kind of typed)
      if (error instanceof kind)
        return { object, outcome: "refused", step, reason: `${error.code}: ${firstLine(error.message)}` };
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { object, outcome: "crashed", step, reason: stack };
  }
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";
