export {
  type ArgumentSource,
  argumentDescription,
  argumentRegisters,
  argumentSource,
} from "./arguments.js";
export {
  contexts,
  kernelObjectMaps,
  kernelObjectNotIn,
  kernelObjectSince,
  kernelObjects,
  type UapiStruct,
} from "./contexts.js";
export { cutLibrary, type LibrarySources } from "./cut.js";
export { kernelFeatures, privateStackTypes } from "./features.js";
export { type FormerKfunc, formerKfuncs } from "./former-kfuncs.js";
export type {
  FormerPrograms,
  Helper,
  HelperParam,
  HelperResult,
  Kfunc,
  LaterPrograms,
  PointerRole,
} from "./helper.js";
export { askedProgramTypes, helpers } from "./helpers.generated.js";
export { kernelWrites, operationsWriting } from "./kernel-writes.js";
export { kfuncs } from "./kfuncs.generated.js";
export { type FixedValue, type MapClass, type MapMethod, mapClasses } from "./maps.js";
export type { ProgramTypeName } from "./program-types.js";
export { isCallableUnlocked, membersCalling, schedExtFunctions, sleepableSince } from "./sched-ext.js";
