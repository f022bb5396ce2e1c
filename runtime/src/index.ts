export type { Codec } from "./codec.js";
export * as codecs from "./codecs/index.js";
export {
  type Answer,
  allFeatures,
  attachCookies,
  boundedLoops,
  bpfLinks,
  bpfLsm,
  btfFeatures,
  creationLogs,
  exclusiveMaps,
  type Feature,
  fentry,
  fsession,
  type HelperName,
  helperFeature,
  instructionsV2,
  instructionsV3,
  instructionsV4,
  kprobeMulti,
  kprobeSession,
  kprobes,
  type LinkType,
  largeInstructions,
  linkTypeFeature,
  linkTypes,
  type MapFlag,
  mapFlagFeature,
  mapFlags,
  mapTypeFeature,
  memcgAccounting,
  mmapableArrays,
  modifyReturn,
  netfilterLinks,
  netkitLinks,
  numberIterators,
  type ProgramFlag,
  programFlagFeature,
  programFlags,
  programStreams,
  programTypeFeature,
  schedExt,
  sleepableTracepoints,
  sockmapLinks,
  structOps,
  structOpsAssociations,
  structOpsLinks,
  tcxLinks,
  tokens,
  tracingMulti,
  uprobeMulti,
  uprobeSession,
  xdpLinks,
} from "./features/index.js";
export { type Attached, type AttachedOptions, type AttachedProgram, attached } from "./inspect/attached.js";
export { btfById, type KernelBtf } from "./inspect/btf.js";
export { kernelFunction } from "./inspect/functions.js";
export { btfIds, linkIds, mapIds, programIds } from "./inspect/ids.js";
export { type Pin, pins } from "./inspect/pins.js";
export {
  type Scheduler,
  type SchedulerExit,
  type SchedulerExitKind,
  type SchedulerExitRecord,
  type SchedulerState,
  scheduler,
  schedulerExit,
} from "./inspect/scheduler.js";
export type { Anchor, Neighbour } from "./links/anchor.js";
export type { AttachOptions } from "./links/attach.js";
export type { EventKind, LinkInfo, LinkKind } from "./links/info.js";
export type { CgroupOrder } from "./links/iter.js";
export { Link } from "./links/link.js";
export type { NetfilterHook } from "./links/netfilter.js";
export { linkById, pinnedLink } from "./links/pinned.js";
export type { Breakpoint, Sampling } from "./links/sampling.js";
export { Collection, loadCollection } from "./load/collection.js";
export type { LoadOptions } from "./load/options.js";
export {
  type SourceEvent,
  type SourceFrame,
  VerifierError,
  type VerifierFindings,
} from "./load/program-error.js";
export type { VerifierLogKind } from "./load/programs.js";
export * from "./maps/index.js";
export type { ProgramDebugInfo, ProgramFunction, ProgramLine } from "./programs/debug-info.js";
export {
  enableRunStatistics,
  type ProgramCode,
  type ProgramInfo,
  type ProgramStats,
  type RunStatistics,
} from "./programs/details.js";
export { ProgramHandle } from "./programs/handle.js";
export { pinnedProgram, programById } from "./programs/pinned.js";
export { Program } from "./programs/program.js";
export type { ProgramStream } from "./programs/streams.js";
export type { TestRunInput, TestRunResult } from "./programs/test-run.js";
export { IterOutput } from "./readers/iter-output.js";
export type { TakeRecord } from "./readers/source.js";
export { parseTraceLine, type TraceLine, tracePipe } from "./readers/trace-pipe.js";
export type {
  AttachTargets,
  MapOptions,
  OpenOptions,
  ProgramOptions,
  SkeletonDefinition,
} from "./skeleton/definition.js";
export { embeddedObject, objectFile } from "./skeleton/object.js";
export { SkeletonProgram } from "./skeleton/program.js";
export { Skeleton } from "./skeleton/skeleton.js";
export { SyscallError, UsageError } from "./sys/errors.js";
export { type Kernel, type Mapping, type Readiness, setKernel } from "./sys/kernel.js";
