import type { BpfCpu } from "../compile.js";

/** What the object is for: its instruction set, and the oldest kernel that has to take it. */
export interface Target {
  readonly cpu: BpfCpu;
  /** Null: whatever is newest; nothing is refused for its age. */
  readonly kernel: KernelVersion | null;
}

export const newest: Target = { cpu: "v3", kernel: null };

/** A release of Linux, `5.15`. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
}

/** `5.15`, `v5.15`, or what `uname -r` prints; null for anything else. */
export function parseKernelVersion(text: string): KernelVersion | null {
  const [, major, minor] = /^v?(\d{1,3})\.(\d{1,3})(?![\d])/.exec(text) ?? [];
  return major === undefined || minor === undefined ? null : { major: Number(major), minor: Number(minor) };
}

export const printVersion = ({ major, minor }: KernelVersion): string => `${major}.${minor}`;

/** Does the target's oldest kernel come before the release that brought something? */
export function isOlder({ kernel }: Pick<Target, "kernel">, since: string): boolean {
  const needed = parseKernelVersion(since);
  if (!kernel || !needed) return false;
  return kernel.major === needed.major ? kernel.minor < needed.minor : kernel.major < needed.major;
}

/** Is even the target's oldest kernel of that release, or later? Not if it names none. */
export const isAtLeast = (target: Pick<Target, "kernel">, release: string): boolean =>
  target.kernel !== null && !isOlder(target, release);

/** First release whose verifier takes an instruction set (kernel: commits 92b31a9af73b, 092ed0968bb6, 1f9a1ea821ff). */
export const cpuSince: Readonly<Record<BpfCpu, string>> = { v1: "3.18", v2: "4.14", v3: "5.1", v4: "6.6" };

/** v3, unless the kernel is older: v4 is asked for by name. */
export const newestCpu = (kernel: KernelVersion | null): BpfCpu =>
  (["v3", "v2"] as const).find((cpu) => !isOlder({ kernel }, cpuSince[cpu])) ?? "v1";
