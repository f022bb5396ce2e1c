import {
  askedProgramTypes,
  contexts,
  type FormerKfunc,
  formerKfuncs,
  type Helper,
  type HelperParam,
  helpers,
  type Kfunc,
  kernelFeatures,
  kernelObjectMaps,
  kernelObjectNotIn,
  kernelObjectSince,
  kernelObjects,
  kfuncs,
  type MapClass,
  mapClasses,
  privateStackTypes,
  schedExtFunctions,
  type UapiStruct,
} from "@tsbpfc/stdlib/tables";

// The standard library's tables, looked up safely by names that come from source code.

const lookUp = <T>(table: Readonly<Record<string, T>>, name: string): T | null =>
  Object.hasOwn(table, name) ? (table[name] ?? null) : null;

export const helperNamed = (name: string): Helper | null => lookUp<Helper>(helpers, name);
/** Is it a key or a value that the helper reads during the call, and that is all? */
export const isOnlyRead = (param: HelperParam | undefined): boolean =>
  param?.kind === "key" || (param?.kind === "value" && !param.writable);

/** Null for what is not known, such as functions of modules. */
export const kfuncNamed = (name: string): Kfunc | null =>
  lookUp<Kfunc>(schedExtFunctions, name) ?? lookUp<Kfunc>(kfuncs, name);
/** What older kernels have in place of a function; null if that is the same. */
export const formerKfunc = (name: string): FormerKfunc | null => lookUp<FormerKfunc>(formerKfuncs, name);
/** Program types whose helpers are known. */
export const knownProgramTypes = askedProgramTypes;

export const mapClass = (name: string): MapClass | null => lookUp<MapClass>(mapClasses, name);
/** The kernel's struct that a context class of the standard library is. */
export const contextStruct = (name: string): UapiStruct | null => lookUp<UapiStruct>(contexts, name);
/** Does the verifier know this struct of the kernel's as the context of a function that it checks alone? */
export const isNamedContext = (struct: string): boolean =>
  Object.values<UapiStruct>(contexts).some((context) => context.named && context.struct === struct);

/** The kinds of maps that may hold this object of the kernel's; null for what is none. */
/** Types of programs that may use nothing that holds such an object. */
export const programsWithout = (object: string): readonly string[] =>
  lookUp<readonly string[]>(kernelObjectNotIn, object) ?? [];
export const mapsHolding = (struct: string): readonly string[] | null =>
  lookUp<readonly string[]>(kernelObjectMaps, struct);
/** The kernel's struct that a class such as `SpinLock` is. */
export const kernelObject = (name: string): string | null => lookUp<string>(kernelObjects, name);
/** The first release that has this object, or a pointer of this tag; null if what works on it says so. */
export const objectSince = (object: string): string | null => lookUp<string>(kernelObjectSince, object);
const objectNames: ReadonlySet<string> = new Set(Object.values(kernelObjects));
/** Is this name, of a struct in memory of the probe's, one of those? */
export const isKernelObject = (struct: string): boolean => objectNames.has(struct);

export type {
  FixedValue,
  FormerPrograms,
  Helper,
  HelperParam,
  Kfunc,
  LaterPrograms,
  MapClass,
  ProgramTypeName,
  UapiStruct,
} from "@tsbpfc/stdlib/tables";
export { kernelFeatures, privateStackTypes };
