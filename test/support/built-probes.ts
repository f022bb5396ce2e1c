import { afterAll } from "vitest";
import { type Built, build } from "./probe.js";
import type { ProbeSource } from "./probe-source.js";

/** A probe that is ready to be loaded. */
export interface BuiltProbe {
  readonly object: Uint8Array;
  readonly objectPath: string;
  /** Path of the skeleton's module. */
  readonly skeleton: string;
}

const built = new Map<string, Built>();

/** To be called where tests are declared: what they build is removed after the file's last test. */
export function removeBuiltProbes(): void {
  afterAll(() => {
    for (const each of built.values()) each.remove();
    built.clear();
  });
}

/** The probe, compiled when it is first asked for. In the lab's machines `lab/guest/built-probes.ts` takes its place. */
export function builtProbe(source: ProbeSource): BuiltProbe {
  const made = built.get(source.key) ?? build(source.files, source.options);
  built.set(source.key, made);
  return made;
}
