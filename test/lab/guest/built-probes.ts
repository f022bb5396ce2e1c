import { readFileSync } from "node:fs";
import type { BuiltProbe } from "../../support/built-probes.js";
import type { ProbeSource } from "../../support/probe-source.js";
import { suiteRoot } from "./root.js";

/** In place of `support/built-probes.ts`: what the lab compiled before the machine was booted. */
export function builtProbe(source: ProbeSource): BuiltProbe {
  const folder = `${suiteRoot}/probes/${source.key}`;
  const objectPath = `${folder}/probe.bpf.o`;
  return { object: readFileSync(objectPath), objectPath, skeleton: `${folder}/probe.skel.js` };
}

export function removeBuiltProbes(): void {}
