import { openSync } from "node:fs";
import { UsageError } from "../sys/errors.js";

/**
 * Opens what something is attached to: a cgroup's folder, a namespace's file, a device. The caller closes it.
 *
 * @param label what wants it, for the error
 * @throws UsageError `target-missing`
 */
export function openTarget(path: string, label: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new UsageError("target-missing", `${label}: cannot open ${path}: ${reason}`);
  }
}
