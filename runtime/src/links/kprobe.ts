import { cText } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Attach } from "./attach.js";
import { attachPerfEvent } from "./perf-event.js";

/** The perf event source for kprobes, which says its type and the bit of `config` for a return probe. Linux 4.17. */
const source = "/sys/bus/event_source/devices/kprobe";

/** `kprobe/function`, `kprobe/function+0x10`, `kretprobe/function`. Needs CONFIG_KPROBES. */
export const attachKprobe: Attach = (program) => {
  const isReturn = program.spec.section.startsWith("kretprobe");
  const label = `${isReturn ? "kretprobe" : "kprobe"} ${program.spec.attachTo} (${program.label})`;
  const { name, offset } = target(program.spec.attachTo, label);
  if (isReturn && offset !== 0n)
    throw new UsageError("bad-value", `${label}: a return probe is on the function, not at an offset`);
  const type = Number(text(`${source}/type`, label));
  const bit = isReturn ? returnBit(text(`${source}/format/retprobe`, label), label) : null;
  const bytes = cText(name);
  return attachPerfEvent(
    program,
    {
      type,
      config: bit === null ? 0n : 1n << BigInt(bit),
      kprobe_func: kernel().address(bytes),
      probe_offset: offset,
    },
    label,
  );
};

function target(attachTo: string, label: string): { readonly name: string; readonly offset: bigint } {
  const match = /^([^+\s]+)(?:\+(0x[0-9a-f]+|\d+))?$/i.exec(attachTo);
  if (!match?.[1])
    throw new UsageError(
      "bad-value",
      `${label}: write the section as "kprobe/function" or "kprobe/function+0x10"`,
    );
  return { name: match[1], offset: BigInt(match[2] ?? 0) };
}

/** `config:0`. */
function returnBit(format: string, label: string): number {
  const match = /^config:(\d+)$/.exec(format);
  if (!match) throw new UsageError("unsupported", `${label}: ${source}/format/retprobe says '${format}'`);
  return Number(match[1]);
}

function text(path: string, label: string): string {
  const bytes = kernel().readFile(path);
  if (bytes === null)
    throw new UsageError(
      "unsupported",
      `${label}: this kernel has no kprobes (no ${path}): it needs CONFIG_KPROBES and Linux 4.17`,
    );
  return new TextDecoder().decode(bytes).trim();
}
