export { argumentContexts, contexts, kernelObjects, type UapiStruct } from "./contexts.js";
export type { Helper, HelperParam, HelperResult } from "./helper.js";
export { helpers } from "./helpers.generated.js";
export { type FixedValue, type MapClass, type MapMethod, mapClasses } from "./maps.js";
