import { type MapType, mapTypes, type ProgramType, programTypes } from "@tsbpfc/loader";
import { btfFeatures } from "./btf.js";
import { creationLogs, exclusiveMaps, programStreams, structOpsAssociations } from "./commands.js";
import type { Feature } from "./feature.js";
import { attachCookies, memcgAccounting } from "./helpers.js";
import {
  bpfLsm,
  fentry,
  fsession,
  kprobeMulti,
  kprobeSession,
  kprobes,
  modifyReturn,
  numberIterators,
  sleepableTracepoints,
  tracingMulti,
} from "./hooks.js";
import {
  boundedLoops,
  instructionsV2,
  instructionsV3,
  instructionsV4,
  largeInstructions,
} from "./instructions.js";
import { linkTypeFeature, linkTypes } from "./link-types.js";
import { bpfLinks, structOps, structOpsLinks } from "./links.js";
import { mapFlagFeature, mapFlags } from "./map-flags.js";
import { mapTypeFeature } from "./map-types.js";
import { programFlagFeature, programFlags } from "./program-flags.js";
import { programTypeFeature } from "./program-types.js";
import { schedExt } from "./sched-ext.js";
import { tokens } from "./tokens.js";

/** All that a kernel can be asked for but its helpers, which are asked for by type of program (`helperFeature`). */
export const allFeatures: readonly Feature[] = [
  ...(Object.keys(programTypes) as ProgramType[]).flatMap((type) => programTypeFeature(type) ?? []),
  ...programFlags.map(programFlagFeature),
  ...(Object.keys(mapTypes) as MapType[]).flatMap((type) => mapTypeFeature(type) ?? []),
  ...mapFlags.map(mapFlagFeature),
  bpfLinks,
  ...linkTypes.map(linkTypeFeature),
  kprobes,
  kprobeMulti,
  kprobeSession,
  fentry,
  fsession,
  tracingMulti,
  sleepableTracepoints,
  modifyReturn,
  bpfLsm,
  structOps,
  structOpsLinks,
  schedExt,
  attachCookies,
  numberIterators,
  largeInstructions,
  boundedLoops,
  instructionsV2,
  instructionsV3,
  instructionsV4,
  ...Object.values(btfFeatures),
  memcgAccounting,
  tokens,
  programStreams,
  exclusiveMaps,
  structOpsAssociations,
  creationLogs,
];
