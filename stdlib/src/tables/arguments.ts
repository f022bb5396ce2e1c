/** Where the typed arguments of a program, those after its context, come from. */
export type ArgumentSource =
  /** The context is an array of 64-bit slots, one for each argument. */
  | { readonly kind: "slots"; readonly memory: "direct" | "probe" }
  /** The registers of the function that was entered. */
  | { readonly kind: "registers"; readonly memory: "probe" | "user" }
  /** What the function returned: one argument. */
  | { readonly kind: "result"; readonly memory: "probe" | "user" }
  /** The registers that the kernel's system call wrapper was given by address. */
  | { readonly kind: "syscall"; readonly memory: "user" };

const kernelRegisters: ArgumentSource = { kind: "registers", memory: "probe" };
const userRegisters: ArgumentSource = { kind: "registers", memory: "user" };
const kernelResult: ArgumentSource = { kind: "result", memory: "probe" };
const userResult: ArgumentSource = { kind: "result", memory: "user" };
/** The verifier knows the types of these arguments, so that pointers are followed by loads. */
const typedSlots: ArgumentSource = { kind: "slots", memory: "direct" };

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
  ksyscall: { kind: "syscall", memory: "user" },
  kretsyscall: userResult,
  raw_tp: { kind: "slots", memory: "probe" },
  raw_tracepoint: { kind: "slots", memory: "probe" },
  tp_btf: typedSlots,
  fentry: typedSlots,
  fexit: typedSlots,
  fmod_ret: typedSlots,
  fsession: typedSlots,
  lsm: typedSlots,
  lsm_cgroup: typedSlots,
  struct_ops: typedSlots,
};

/** The source of the arguments of a program in this section; null if it has none besides its context. */
export function argumentSource(section: string): ArgumentSource | null {
  const kind = section
    .replace(/^\?/, "")
    .replace(/\/.*$/s, "")
    .replace(/\.[sw]$/, "");
  return Object.hasOwn(sources, kind) ? (sources[kind] ?? null) : null;
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
