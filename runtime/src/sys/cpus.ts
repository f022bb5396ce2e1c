import { UsageError } from "./errors.js";
import { kernel } from "./kernel.js";

let counted = 0;

/**
 * CPUs that may ever be there: per-CPU maps have a value for each of them
 * (/sys/devices/system/cpu/possible, Documentation/admin-guide/cputopology.rst).
 */
export function possibleCpus(): number {
  if (counted === 0) counted = count();
  return counted;
}

function count(): number {
  return Math.max(...cpuList("possible")) + 1;
}

/** CPUs that run now: a perf event of all processes is on one of them. They come and go. */
export const onlineCpus = (): readonly number[] => cpuList("online");

/** `0-3,8`: the kernel's lists of CPUs. */
function cpuList(which: "possible" | "online"): number[] {
  const path = `/sys/devices/system/cpu/${which}`;
  const bytes = kernel().readFile(path);
  if (!bytes) throw new UsageError("unsupported", `cannot read ${path}: is /sys mounted?`);
  const ranges = new TextDecoder().decode(bytes).trim().split(",");
  return ranges.flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
