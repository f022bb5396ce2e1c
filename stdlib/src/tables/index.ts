export { contextStructs } from "./contexts.js";
export type { Helper, HelperParam, HelperResult } from "./helper.js";
export { helpers } from "./helpers.generated.js";
export { type MapClass, mapClasses } from "./maps.js";
