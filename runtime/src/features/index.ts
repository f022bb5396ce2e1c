export type { Answer, Feature } from "./feature.js";
export { bpfLinks } from "./links.js";
export { mapTypeFeature } from "./map-types.js";
