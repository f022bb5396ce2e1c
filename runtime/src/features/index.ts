export { allFeatures } from "./all.js";
export { btfFeatures } from "./btf.js";
export { creationLogs, exclusiveMaps, programStreams, structOpsAssociations } from "./commands.js";
export type { Answer, Feature } from "./feature.js";
export { attachCookies, type HelperName, helperFeature, memcgAccounting } from "./helpers.js";
export {
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
export {
  boundedLoops,
  instructionsV2,
  instructionsV3,
  instructionsV4,
  largeInstructions,
} from "./instructions.js";
export {
  type LinkType,
  linkTypeFeature,
  linkTypes,
  netfilterLinks,
  netkitLinks,
  sockmapLinks,
  tcxLinks,
  uprobeMulti,
  uprobeSession,
  xdpLinks,
} from "./link-types.js";
export { bpfLinks, structOps, structOpsLinks } from "./links.js";
export { type MapFlag, mapFlagFeature, mapFlags, mmapableArrays } from "./map-flags.js";
export { mapTypeFeature } from "./map-types.js";
export { type ProgramFlag, programFlagFeature, programFlags } from "./program-flags.js";
export { programTypeFeature } from "./program-types.js";
export { schedExt } from "./sched-ext.js";
export { tokens } from "./tokens.js";
