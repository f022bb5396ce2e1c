import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

/** Its own mount point since Linux 4.1, and the older one below debugfs. */
const places = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/** Where tracefs is; mounted if it is not, as bpftool does with its file system. @throws UsageError */
export function tracefs(): string {
  const k = kernel();
  const mounted = (): string | undefined => places.find((place) => k.fileExists(`${place}/events`));
  const place = mounted() ?? (k.mount("tracefs", "/sys/kernel/tracing") >= 0 ? mounted() : undefined);
  if (place === undefined)
    throw new UsageError(
      "unsupported",
      "tracefs is not mounted and cannot be: run `mount -t tracefs tracefs /sys/kernel/tracing` as root",
    );
  return place;
}
