import {
  attachTypeSince,
  type MapSpec,
  mapTypeSince,
  matchSection,
  type ProgramSpec,
  sectionSince,
} from "@tsbpfc/loader";
import { exclusiveMaps } from "../features/commands.js";
import type { Feature } from "../features/feature.js";
import { mapFlagBits } from "../features/map-flag-bits.js";
import { mapFlagFeature, mapFlags } from "../features/map-flags.js";
import { mapTypeFeature } from "../features/map-types.js";
import { programFlagFeature, programFlagRows, programFlags } from "../features/program-flags.js";
import { programTypeFeature } from "../features/program-types.js";
import { errno } from "../sys/errors.js";
import { notHere, tooOld } from "../sys/release.js";

/** What kernels say to what they do not know: EINVAL, or E2BIG to a longer attribute than theirs. */
const unknown: ReadonlySet<number> = new Set([errno.EINVAL, errno.E2BIG]);

/** What is refused is asked for by itself: a kernel may have what came after its release, and lack what came before. */
function firstMissing(features: readonly (Feature | undefined)[]): string {
  const missing = features.find((feature) => feature?.probe() === "no");
  return missing ? notHere(missing) : "";
}

/** Of a map that the kernel refuses: what it does not have, and the release that has it. Empty if that is not why. */
export function mapTooOld(number: number, { type, exclusiveTo }: MapSpec, flags: number): string {
  if (!unknown.has(number)) return "";
  const set = mapFlags.filter((flag) => (flags & mapFlagBits[flag]) !== 0);
  const since = mapTypeSince[type];
  return (
    firstMissing([
      mapTypeFeature(type),
      ...set.map(mapFlagFeature),
      exclusiveTo === null ? undefined : exclusiveMaps,
    ]) || (since === undefined ? "" : tooOld(`A map of type ${type}`, since))
  );
}

/** Of a program likewise. */
export function programTooOld(number: number, program: ProgramSpec): string {
  if (!unknown.has(number)) return "";
  const { type, expectedAttachType, section, flags } = program;
  const set = programFlags.filter((flag) => (flags & programFlagRows[flag].bit) !== 0);
  const since =
    sectionSince[matchSection(section)?.def.prefix ?? ""] ??
    (expectedAttachType === null ? undefined : attachTypeSince[expectedAttachType]);
  return (
    firstMissing([programTypeFeature(type), ...set.map(programFlagFeature)]) ||
    (since === undefined ? "" : tooOld(`A program of section "${section}"`, since))
  );
}
