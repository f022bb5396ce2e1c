import { createHash } from "node:crypto";
import type { CompileOptions } from "@tsbpfc/compiler";

export type Files = Readonly<Record<string, string>>;

/** Sources of a probe, `probe.bpf.ts` among them, and how they are compiled. */
export interface ProbeSource {
  readonly files: Files;
  readonly options: Partial<CompileOptions>;
  /** Of the sources and options: what a built probe is found by where there is no compiler. */
  readonly key: string;
}

/** The compiler makes no object for this kernel: the probe uses what came later, and the diagnostics say what. */
export class RefusedForKernelError extends Error {
  override readonly name = "RefusedForKernelError";
}

const declared = new Map<string, ProbeSource>();

/**
 * Declares a probe that kernel tests load, when the test's file is read: the lab compiles all of them before it boots a
 * machine, for there is no libLLVM in there. Unless the options say otherwise it is compiled with `--kernel` set to each
 * kernel that it runs on.
 */
export function declareProbe(files: Files, options: Partial<CompileOptions> = {}): ProbeSource {
  const key = createHash("sha256")
    .update(JSON.stringify([files, options]))
    .digest("hex")
    .slice(0, 20);
  const source = { files, options, key };
  declared.set(key, source);
  return source;
}

/** All that were declared so far. */
export const declaredProbes = (): readonly ProbeSource[] => [...declared.values()];

/** What is in every probe's way to a kernel: imports, a program class, and what the test is about. */
export const probe = (body: string, { imports = "", before = "" } = {}): string => `
import { program, map, SEC, HashMap, RingBuf, PerCpuArray, XdpMd, SkBuff, XdpAction, Tracepoint, ${imports}
  u8, u16, u32, u64, i8, i16, i32, i64, be16, be32, str, array, ptr, copy, sizeof, bpf_get_current_pid_tgid, bpf_ktime_get_ns } from "@tsbpfc/stdlib";
${before}
@program({ license: "GPL" })
export class Probe {
${body}
}
`;
