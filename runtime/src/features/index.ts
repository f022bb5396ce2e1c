export { btfFeatures } from "./btf.js";
export type { Answer, Feature } from "./feature.js";
export { attachCookies, type HelperName, helperFeature, memcgAccounting } from "./helpers.js";
export {
  bpfLsm,
  fentry,
  kprobeMulti,
  kprobeSession,
  kprobes,
  modifyReturn,
  numberIterators,
} from "./hooks.js";
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
export { mapTypeFeature } from "./map-types.js";
export { mmapableArrays } from "./mmapable.js";
export { programTypeFeature } from "./program-types.js";
