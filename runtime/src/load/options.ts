import type { Btf } from "@tsbpfc/loader";
import type { VerifierLogKind } from "./programs.js";

/** How an object is loaded. */
export interface LoadOptions {
  /** Folder of maps pinned by name. Default `/sys/fs/bpf`. */
  readonly pinPath?: string;
  /** Asks the verifier what it did, for `Program.verifierLog`. Linux 5.2; loading takes longer. */
  readonly verifierLog?: VerifierLogKind;
  /**
   * A BPF file system that delegates rights to this process's user namespace: all is loaded with its token. If absent, the
   * first one that is mounted here and gives a token; null: none. Linux 6.9.
   */
  readonly tokenPath?: string | null;
  /**
   * The running kernel's types for CO-RE, where the kernel does not show them (CONFIG_DEBUG_INFO_BTF, Linux 5.4), such as a
   * file of BTFHub: raw BTF, or an ELF file with a section `.BTF`. What the kernel itself looks up by BTF (fentry, typed
   * tracepoints, kfuncs, struct_ops) needs its own.
   */
  readonly kernelBtf?: string | Btf;
  /** Values of `__kconfig` externs instead of the kernel's own, as its configuration has them: `{ CONFIG_HZ: "250" }`. */
  readonly kconfig?: Readonly<Record<string, string>>;
}

/** Those that are given. */
export const loadOptions = (given: LoadOptions): LoadOptions =>
  Object.fromEntries(
    (["pinPath", "verifierLog", "tokenPath", "kernelBtf", "kconfig"] satisfies (keyof LoadOptions)[])
      .filter((option) => given[option] !== undefined)
      .map((option) => [option, given[option]]),
  );
