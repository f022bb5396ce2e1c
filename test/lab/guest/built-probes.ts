import { existsSync, readFileSync } from "node:fs";
import type { BuiltProbe } from "../../support/built-probes.js";
import { labKernel } from "../../support/needs.js";
import { type ProbeSource, RefusedForKernelError } from "../../support/probe-source.js";
import { suiteRoot } from "./root.js";

/** In place of `support/built-probes.ts`: what the lab compiled for this kernel before the machine was booted. */
export function builtProbe(source: ProbeSource): BuiltProbe {
  const folder = `${suiteRoot}/probes/${source.key}/${labKernel}`;
  if (existsSync(`${folder}/refused`))
    throw new RefusedForKernelError(readFileSync(`${folder}/refused`, "utf8"));
  const objectPath = `${folder}/probe.bpf.o`;
  return { object: readFileSync(objectPath), objectPath, skeleton: `${folder}/probe.skel.js` };
}

export function removeBuiltProbes(): void {}
