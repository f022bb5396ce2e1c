import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

/** A kernel's perf event source for dynamic probes: its type, and the bit of `config` that asks for a return probe. */
interface ProbeSource {
  readonly type: number;
  readonly returnBit: bigint;
}

const needs = {
  kprobe: "CONFIG_KPROBES and Linux 4.17",
  uprobe: "CONFIG_UPROBES and Linux 4.17",
} as const;

/** @throws UsageError `unsupported` on a kernel without such probes */
export function probeSource(kind: keyof typeof needs, label: string): ProbeSource {
  const source = `/sys/bus/event_source/devices/${kind}`;
  const text = (file: string): string => {
    const bytes = kernel().readFile(`${source}/${file}`);
    if (bytes === null)
      throw new UsageError(
        "unsupported",
        `${label}: this kernel has no ${kind}s (no ${source}/${file}): it needs ${needs[kind]}`,
      );
    return new TextDecoder().decode(bytes).trim();
  };
  const format = text("format/retprobe");
  const bit = /^config:(\d+)$/.exec(format)?.[1];
  if (bit === undefined)
    throw new UsageError("unsupported", `${label}: ${source}/format/retprobe says '${format}'`);
  return { type: Number(text("type")), returnBit: 1n << BigInt(bit) };
}

/** `PERF_UPROBE_REF_CTR_OFFSET_SHIFT`, include/linux/perf_event.h. */
const SEMAPHORE_SHIFT = 32n;

/** A uprobe's `config` with a counter of the file that is above zero while somebody probes. Linux 4.20. */
export const withSemaphore = (config: bigint, offset: number): bigint =>
  config | (BigInt(offset) << SEMAPHORE_SHIFT);

/** `name`, `name+16`, `name+0x10`. Null if it is none of them. */
export function nameAndOffset(text: string): { readonly name: string; readonly offset: bigint } | null {
  const match = /^(\S+?)(?:\+(0x[0-9a-f]+|\d+))?$/i.exec(text);
  return match?.[1] === undefined ? null : { name: match[1], offset: BigInt(match[2] ?? 0) };
}
