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
  const bytes = kernel().readFile("/sys/devices/system/cpu/possible");
  if (!bytes)
    throw new UsageError("unsupported", "cannot read /sys/devices/system/cpu/possible: is /sys mounted?");
  const last = new TextDecoder().decode(bytes).trim().split(/[-,]/).at(-1);
  return Number(last) + 1;
}
