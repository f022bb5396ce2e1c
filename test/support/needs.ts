import { release } from "node:os";
import type { Feature } from "@tsbpfc/runtime";
import { kernelRow } from "../lab/kernels.js";
import { has, isRoot } from "./root.js";

/** The kernel that tests run on, by its name in the lab. */
export const labKernel = process.env.TSBPFC_LAB_KERNEL ?? "host";

/**
 * Why a test cannot run here; null if it can.
 *
 * @throws Error if the kernel's release has what the test needs, this kernel has not, and its row does not say why
 */
export function missing({
  needs = [],
  commands = [],
}: {
  readonly needs?: readonly Feature[];
  readonly commands?: readonly string[];
}): string | null {
  if (!isRoot) return "needs root";
  const absent = commands.find((command) => !has(command));
  if (absent !== undefined) return `${absent} is not installed`;
  for (const feature of needs) {
    const why = lacks(feature, labKernel, release());
    if (why !== null) return why;
  }
  return null;
}

/** Why a kernel has not a feature; null if it has. @throws Error if it should */
export function lacks(feature: Feature, kernel: string, running: string): string | null {
  const { name, since } = feature;
  const answer = feature.probe();
  if (answer === "yes") return null;
  const reason = kernelRow(kernel).lacks[name];
  if (reason !== undefined) return `no ${name}: ${reason}`;
  if (answer === "unknown") return `could not tell whether the kernel has ${name} (Linux ${since})`;
  if (!isAtLeast(running, since)) return `no ${name}: since Linux ${since}`;
  throw new Error(
    `kernel ${running} has no ${name}, which is there since Linux ${since}; if it was built or started without, say so in test/lab/kernels.ts`,
  );
}

/** Compares releases by their first two numbers. */
export function isAtLeast(running: string, wanted: string): boolean {
  const [major = 0, minor = 0] = running.split(".").map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
