export { Btf } from "./btf/btf.js";
export {
  type BtfExtSection,
  type ExtCoreRelocation,
  type ExtFunction,
  type ExtLine,
  parseBtfExt,
} from "./btf/btf-ext.js";
export { BtfBuilder, type EncodeOptions, encodeBtf } from "./btf/builder.js";
export { BtfError, type BtfErrorCode } from "./btf/error.js";
export {
  kernelBtfFolder,
  kernelBtfPaths,
  listModuleBtfs,
  type ModuleBtf,
  readKernelBtf,
} from "./btf/kernel.js";
export { allBtfFeatures, type BtfFeatures, loadableBtf } from "./btf/loadable.js";
export { essentialName } from "./btf/strings.js";
export type {
  BtfEnumValue,
  BtfKind,
  BtfMember,
  BtfParam,
  BtfSecVar,
  BtfType,
  IntEncoding,
  Linkage,
  TypeId,
} from "./btf/types.js";
export { applyCore, applyFixups } from "./core/apply.js";
export { CoreError, type CoreErrorCode, type CorePlace } from "./core/error.js";
export { poisonCall } from "./core/patch.js";
export { type CoreKind, type CoreRelocation, coreKinds } from "./core/relocation.js";
export { type CoreFixup, solveCore } from "./core/solve.js";
export type { CoreValue } from "./core/value.js";
export {
  bpfRelocation,
  elfMachine,
  elfType,
  sectionFlag,
  sectionIndex,
  sectionType,
  symbolBinding,
  symbolType,
  symbolVisibility,
} from "./elf/constants.js";
export {
  ElfFile,
  type ElfOptions,
  type ElfRelocation,
  type ElfSection,
  type ElfSymbol,
  isRelocations,
  parseElf,
} from "./elf/elf.js";
export { ElfError, type ElfErrorCode } from "./elf/error.js";
export { Instructions, insnClass, insnSize, opcode, pseudo, pseudoCall } from "./insn/insn.js";
export { SkeletonError, type SkeletonErrorCode } from "./skeleton/error.js";
export { generateSkeleton, type SkeletonOptions, skeletonName } from "./skeleton/generate.js";
export type { Printed as PrintedSkeleton } from "./skeleton/print.js";
export { attachTypeSince, mapTypeSince, programTypeSince, sectionSince } from "./spec/ages.js";
export { copySpec } from "./spec/copy.js";
export { SpecError, type SpecErrorCode } from "./spec/error.js";
export {
  type AttachType,
  attachTypeName,
  attachTypes,
  type MapType,
  mapTypeName,
  mapTypes,
  type ProgramType,
  programTypeName,
  programTypes,
} from "./spec/kernel-enums.js";
export { lineAt } from "./spec/lines.js";
export { newMap } from "./spec/new-map.js";
export type { OwnSections } from "./spec/own-sections.js";
export { type ParseOptions, parseObject } from "./spec/parse.js";
export {
  type AttachKind,
  matchSection,
  type SectionDef,
  type SectionFlag,
  type SectionMatch,
  sectionFlagBits,
  sections,
} from "./spec/sections.js";
export type {
  CollectionSpec,
  FunctionInfo,
  KconfigSpec,
  LineInfo,
  MapSpec,
  ProgramSpec,
  Reference,
  VariableSpec,
} from "./spec/spec.js";
export { layoutStructOps, type StructOpsFunction, type StructOpsLayout } from "./spec/struct-ops-layout.js";
export { type StructOpsMember, StructOpsShadow, structOpsMembers } from "./spec/struct-ops-shadow.js";
export type { SourceLanguage } from "./verifier-log/advice.js";
export { type VerifierCategory, verifierCategories } from "./verifier-log/category.js";
export type {
  Explanation,
  VerifierEvent,
  VerifierFrame,
  VerifierLog,
  VerifierStatistics,
} from "./verifier-log/log.js";
export { parseVerifierLog } from "./verifier-log/parse.js";
export { bySource } from "./verifier-log/path.js";
