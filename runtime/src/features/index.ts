export { btfFeatures } from "./btf.js";
export type { Answer, Feature } from "./feature.js";
export { attachCookies, memcgAccounting } from "./helpers.js";
export { bpfLsm, fentry, kprobeMulti, kprobes, numberIterators, tcxLinks, uprobeMulti } from "./hooks.js";
export {
  bpfLinks,
  netfilterLinks,
  netkitLinks,
  structOps,
  structOpsLinks,
  xdpLinks,
} from "./links.js";
export { mapTypeFeature } from "./map-types.js";
export { mmapableArrays } from "./mmapable.js";
