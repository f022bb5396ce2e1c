export { btfFeatures } from "./btf.js";
export type { Answer, Feature } from "./feature.js";
export { bpfLinks } from "./links.js";
export { mapTypeFeature } from "./map-types.js";
export { memcgAccounting } from "./memcg.js";
export { mmapableArrays } from "./mmapable.js";
