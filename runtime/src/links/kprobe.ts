import { cText } from "../sys/bpf.js";
import { errno, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { syscallPrefix } from "../sys/syscall-functions.js";
import type { Attach, AttachOptions } from "./attach.js";
import type { HookedProgram } from "./hook.js";
import { nearFunctions } from "./kernel-names.js";
import type { Link } from "./link.js";
import { attachPerfEvent } from "./perf-event.js";
import { nameAndOffset, probeSource } from "./probe-source.js";

/** `kprobe/function`, `kprobe/function+0x10`, `kretprobe/function`. Needs CONFIG_KPROBES. */
export const attachKprobe: Attach = (program, options) => {
  const { section, attachTo } = program.hook;
  const isReturn = section.startsWith("kretprobe");
  const label = `${isReturn ? "kretprobe" : "kprobe"} ${attachTo} (${program.label})`;
  const target = nameAndOffset(attachTo);
  if (target === null)
    throw new UsageError(
      "bad-value",
      `${label}: write the section as "kprobe/function" or "kprobe/function+0x10"`,
    );
  if (isReturn && target.offset !== 0n)
    throw new UsageError("bad-value", `${label}: a return probe is on the function, not at an offset`);
  return onFunction(program, target, isReturn, label, options);
};

/** `ksyscall/openat`, `kretsyscall/openat`: the system call's function, by the architecture's name for it. */
export const attachKsyscall: Attach = (program, options) => {
  const { section, attachTo } = program.hook;
  const label = `${section} (${program.label})`;
  if (syscallPrefix === undefined || attachTo === "")
    throw new UsageError("bad-value", `${label}: write the section as "ksyscall/openat"`);
  const target = { name: `${syscallPrefix}${attachTo}`, offset: 0n };
  return onFunction(program, target, section.startsWith("kretsyscall"), label, options);
};

function onFunction(
  program: HookedProgram,
  { name, offset }: { readonly name: string; readonly offset: bigint },
  isReturn: boolean,
  label: string,
  { cookie }: AttachOptions,
): Link {
  const source = probeSource("kprobe", label);
  const event = {
    type: source.type,
    config: isReturn ? source.returnBit : 0n,
    kprobe_func: kernel().address(cText(name)),
    probe_offset: offset,
  };
  return attachPerfEvent(program, event, label, { cookie, advice: (number) => refused(number, name) });
}

/** What the kernel means by what it says to a kprobe's perf event (kernel: `create_local_trace_kprobe`). */
function refused(number: number, name: string): string {
  if (number === errno.ENOENT) return `This kernel has no function '${name}'. ${nearFunctions(name)}`.trim();
  // Since Linux 6.6.
  if (number === errno.EADDRNOTAVAIL)
    return `Several functions of this kernel are called '${name}': kprobe.multi takes them all.`;
  return "";
}
