import type { Program } from "../programs/program.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { AttachOptions } from "./attach.js";

/** The interface that the options name. @throws UsageError if they name none, or one that is not there */
export function interfaceOf(program: Program, options: AttachOptions): number {
  if (options.ifindex !== undefined) return options.ifindex;
  if (options.iface === undefined)
    throw new UsageError(
      "target-missing",
      `${program.label} attaches to a network interface: attach({ iface: "eth0" })`,
    );
  const index = kernel().interfaceIndex(options.iface);
  if (index === 0) throw new UsageError("target-missing", `there is no network interface '${options.iface}'`);
  return index;
}
