import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { AttachOptions } from "./attach.js";

/** The interface that the options name; `label`: what wants one. @throws UsageError if they name none, or one that is not there */
export function interfaceOf(label: string, options: Pick<AttachOptions, "iface" | "ifindex">): number {
  if (options.ifindex !== undefined) return options.ifindex;
  if (options.iface === undefined)
    throw new UsageError("target-missing", `${label}: say which network interface: { iface: "eth0" }`);
  const index = kernel().interfaceIndex(options.iface);
  if (index === 0) throw new UsageError("target-missing", `there is no network interface '${options.iface}'`);
  return index;
}
