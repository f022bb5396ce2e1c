export { Btf } from "./btf/btf.js";
export { BtfError, type BtfErrorCode } from "./btf/error.js";
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
export { applyCore } from "./core/apply.js";
export { CoreError, type CoreErrorCode, type CorePlace } from "./core/error.js";
export { type CoreKind, type CoreRelocation, coreKinds } from "./core/relocation.js";
export { ElfError, type ElfErrorCode } from "./elf/error.js";
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
export { parseObject } from "./spec/parse.js";
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
