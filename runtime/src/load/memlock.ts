import { memcgAccounting } from "../features/helpers.js";
import { kernel } from "../sys/kernel.js";

let done = false;

/**
 * Before Linux 5.11 maps and programs count against RLIMIT_MEMLOCK, whose default of 64 KiB or 8 MiB is soon used
 * up: raised once for the process, also where the kernel gives no answer. Later kernels do not look at it.
 */
export function removeMemlockLimit(): void {
  if (done) return;
  done = true;
  if (memcgAccounting.probe() !== "yes") kernel().unlimitMemlock();
}
