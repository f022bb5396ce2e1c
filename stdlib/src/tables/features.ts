import type { ProgramTypeName } from "./program-types.js";

/** What the compiler uses of a kernel that no helper, map kind or section stands for: the first Linux release that has it. */
export const kernelFeatures = {
  /** BPF_FETCH, BPF_XCHG and BPF_CMPXCHG: commit 5ffa25502b5a. */
  atomicResults: "5.12",
  /** bpf_trace_printk() ends its line by itself: commit ac5a72ea5c89. */
  tracedLines: "5.9",
  /** bpf_trace_vprintk(): commit 10aceb629e19. */
  tracedMany: "5.16",
  /** The open-coded iterator of numbers: commit 6018e1f407cc. */
  numberIterators: "6.4",
  /** Links of struct_ops: commit 68b04864ca42. */
  structOpsLinks: "6.4",
  /** A stack for each function, where the JIT (x86) has it: kernel/bpf/verifier.c, bpf_enable_priv_stack. */
  privateStacks: "6.13",
  /** Atomic operations in an arena: commit d503a04f8bc0. */
  arenaAtomics: "6.10",
  /** may_goto: commit 011832b97b31. */
  mayGoto: "6.9",
} as const satisfies Readonly<Record<string, string>>;

/** Program types whose functions have private stacks. */
export const privateStackTypes: readonly ProgramTypeName[] = [
  "kprobe",
  "tracepoint",
  "perf_event",
  "raw_tracepoint",
  "tracing",
  "lsm",
  "struct_ops",
];
