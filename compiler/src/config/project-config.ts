import type { BpfCpu } from "../compile.js";

/**
 * What `tsbpfc.config.ts` exports as its default: what the command would be told each time. Options of the command
 * line come first. Paths are relative to the file's folder.
 *
 *     import type { ProjectConfig } from "@tsbpfc/compiler";
 *     export default { probes: ["src"], out: "dist", kernel: "6.1" } satisfies ProjectConfig;
 */
export interface ProjectConfig {
  /** Probes, folders of probes, or patterns (`src/**\/*.bpf.ts`, as tsconfig's `include` has them), for a command that names none; every `*.bpf.ts` below the folder if absent. */
  readonly probes?: readonly string[];
  /** Folder for objects and skeletons; beside each probe if absent. */
  readonly out?: string;
  /** BPF instruction set; v3, or what `kernel` has, if absent. */
  readonly cpu?: BpfCpu;
  /** The oldest Linux to run on, such as "5.15"; any if absent. */
  readonly kernel?: string;
  /** BTF of the kernel to compile against: a BTF blob, or an ELF file with `.BTF`; the running kernel's if absent. */
  readonly btf?: string;
  /** libLLVM to use; TSBPFC_LLVM, then by name, if absent. */
  readonly llvm?: string;
  readonly skeleton?: {
    /** Written as `.js` and `.d.ts`. */
    readonly js?: boolean;
    /** It reads the `.bpf.o` beside it instead of embedding it. */
    readonly externalObject?: boolean;
    /** What integers of 64 bits are; numbers are exact to 2^53. Bigints if absent. */
    readonly u64?: "bigint" | "number";
  };
}
