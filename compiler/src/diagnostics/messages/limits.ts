import { entry } from "./entry.js";

/** 5xxx: limits of the kernel. */
export const limits = {
  stackLimit: entry("TSB5001", (bytes: number, list: string) => ({
    what: `${bytes} bytes of stack are needed, and BPF has 512: ${list}.`,
    why: "The kernel gives each chain of calls a stack of 512 bytes.",
    instead:
      "Keep the large value in a PerCpuArray with one entry, or in the ring buffer's record, and fill it there.",
  })),
  backend: entry("TSB5002", (text: string) => ({
    what: `The BPF backend refuses this code: ${text}`,
    why: "It has no form in BPF instructions.",
    instead: "Simplify the expression, or split the function.",
  })),
  kernelTooOld: entry("TSB5004", (what: string, since: string, kernel: string) => ({
    what: `${what} needs Linux ${since}, and this is compiled for ${kernel}.`,
    why: "The kernel given with --kernel would refuse the program.",
    instead: `Do without it, or raise --kernel to ${since}.`,
  })),
  kernelTooNew: entry("TSB5007", (what: string, gone: string) => ({
    what: `${what} is gone from Linux ${gone} on.`,
    why: "Kernels of that release and later refuse the program. With --kernel set to one of them this is an error, else a warning.",
    instead:
      "Do without it. A function of the kernel can be declared weak, as `declare const name: (…) => … | null`, and asked for.",
  })),
  endUnseen: entry(
    "TSB5006",
    () => ({
      what: "The verifier sees no end of this loop.",
      why: "It follows numbers that the loop itself counts; what a call gives or memory holds may keep the loop going for ever, for all that it knows.",
      instead:
        "Count the rounds as well, `for (let i = 0; i < 64; i++) { … break; }`, or use loop(n, …) or range(); from Linux 6.9 on, ask `canLoop()` in its condition.",
    }),
    "warning",
  ),
  cpuTooOld: entry("TSB5005", (what: string, cpu: string) => ({
    what: `${what} does not exist in BPF ${cpu}.`,
    why: "Up to v2 the instruction set has one atomic operation, an addition that gives no result.",
    instead: "Use atomic.add as a statement of its own, or compile with --cpu v3.",
  })),
  tooManyArguments: entry("TSB5003", (name: string) => ({
    what: `'${name}' has more than 5 parameters.`,
    why: "BPF passes arguments to the kernel's functions in five registers.",
    instead: "Declare it as the kernel does; no function that a program may call has more.",
  })),
} as const;
