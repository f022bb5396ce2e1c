/** Where the typed arguments of a program, those after its context, come from. */
export type ArgumentSource =
  /** The context is an array of 64-bit slots, one for each argument. */
  | { readonly kind: "slots"; readonly memory: "direct" | "probe" }
  /** The registers of the function that was entered. */
  | { readonly kind: "registers"; readonly memory: "probe" | "user" }
  /** What the function returned: one argument. */
  | { readonly kind: "result"; readonly memory: "probe" | "user" }
  /** The registers that the kernel's system call wrapper was given by address. */
  | { readonly kind: "syscall"; readonly memory: "user" }
  /** Registers, memory or constants, as the notes of the program's file say of each place. */
  | { readonly kind: "usdt"; readonly memory: "user" }
  /** `bpf_get_func_arg` tells them one by one: the functions of one program may differ, and none gives it their types. */
  | { readonly kind: "asked"; readonly memory: "probe" }
  /** The program is called as a function, with no context before them. */
  | { readonly kind: "parameters"; readonly memory: "direct" };

/** What of the kernel's BTF describes the arguments of a program. */
export interface DescribedArguments {
  /** The name in BTF for a section's target: a function, or the type of a tracepoint. */
  readonly name: (target: string) => string;
  readonly kind: "func" | "typedef";
  /** Whether the function's result follows its arguments, or is all there is. */
  readonly result: "none" | "last" | "alone";
}

const itself = (target: string): string => target;
const lsmHook = (target: string): string => `bpf_lsm_${target}`;
/** `btf_trace_NAME` is a pointer to a function whose first argument is not the program's (include/trace/bpf_probe.h). */
const tracepoint = (target: string): string => `btf_trace_${target}`;

const described: Readonly<Record<string, DescribedArguments>> = {
  kprobe: { name: itself, kind: "func", result: "none" },
  kretprobe: { name: itself, kind: "func", result: "alone" },
  fentry: { name: itself, kind: "func", result: "none" },
  fexit: { name: itself, kind: "func", result: "last" },
  fsession: { name: itself, kind: "func", result: "last" },
  fmod_ret: { name: itself, kind: "func", result: "last" },
  lsm: { name: lsmHook, kind: "func", result: "last" },
  lsm_cgroup: { name: lsmHook, kind: "func", result: "last" },
  tp_btf: { name: tracepoint, kind: "typedef", result: "none" },
  raw_tp: { name: tracepoint, kind: "typedef", result: "none" },
  raw_tracepoint: { name: tracepoint, kind: "typedef", result: "none" },
};

const kernelRegisters: ArgumentSource = { kind: "registers", memory: "probe" };
const userRegisters: ArgumentSource = { kind: "registers", memory: "user" };
const kernelResult: ArgumentSource = { kind: "result", memory: "probe" };
const userResult: ArgumentSource = { kind: "result", memory: "user" };
/** The verifier knows the types of these arguments, so that pointers are followed by loads. */
const typedSlots: ArgumentSource = { kind: "slots", memory: "direct" };

const asked: ArgumentSource = { kind: "asked", memory: "probe" };

/** By what stands before the first `/` of a section's name, without `?` and without the flags `.s` and `.w`. */
const sources: Readonly<Record<string, ArgumentSource>> = {
  kprobe: kernelRegisters,
  "kprobe.multi": kernelRegisters,
  "kprobe.session": kernelRegisters,
  kretprobe: kernelResult,
  "kretprobe.multi": kernelResult,
  uprobe: userRegisters,
  "uprobe.multi": userRegisters,
  "uprobe.session": userRegisters,
  uretprobe: userResult,
  "uretprobe.multi": userResult,
  usdt: { kind: "usdt", memory: "user" },
  ksyscall: { kind: "syscall", memory: "user" },
  kretsyscall: userResult,
  raw_tp: { kind: "slots", memory: "probe" },
  raw_tracepoint: { kind: "slots", memory: "probe" },
  tp_btf: typedSlots,
  fentry: typedSlots,
  fexit: typedSlots,
  fmod_ret: typedSlots,
  fsession: typedSlots,
  "fentry.multi": asked,
  "fexit.multi": asked,
  "fsession.multi": asked,
  lsm: typedSlots,
  lsm_cgroup: typedSlots,
  struct_ops: typedSlots,
  freplace: { kind: "parameters", memory: "direct" },
};

/** The source of the arguments of a program in this section; null if it has none besides its context. */
export function argumentSource(section: string): ArgumentSource | null {
  const { kind } = partsOf(section);
  return Object.hasOwn(sources, kind) ? (sources[kind] ?? null) : null;
}

/** How the kernel's BTF describes the arguments; null if it does not, or not by one name. */
export function argumentDescription(
  section: string,
): (DescribedArguments & { readonly target: string }) | null {
  const { kind, target } = partsOf(section);
  const row = Object.hasOwn(described, kind) ? described[kind] : undefined;
  return row && /^\w+$/.test(target) ? { ...row, target } : null;
}

/** `?fentry.s/do_unlinkat` is a fentry of do_unlinkat. */
function partsOf(section: string): { readonly kind: string; readonly target: string } {
  const [, kind = "", target = ""] = /^\??([^/]*?)(?:\.[sw])?(?:\/(.*))?$/s.exec(section) ?? [];
  return { kind, target };
}

/**
 * Fields of `struct pt_regs` that hold a call's arguments, and its result: System V ABI for x86-64. A system call
 * has its fourth in r10, since `syscall` itself overwrites rcx (arch/x86/entry/entry_64.S).
 */
export const argumentRegisters = {
  function: ["di", "si", "dx", "cx", "r8", "r9"],
  syscall: ["di", "si", "dx", "r10", "r8", "r9"],
  result: "ax",
} as const;
