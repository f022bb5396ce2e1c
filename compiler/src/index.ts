export {
  type BpfCpu,
  type CompileOptions,
  type CompileOutput,
  type CompileResult,
  compile,
  KernelVersionError,
} from "./compile.js";
export type { ProjectConfig } from "./config/project-config.js";
export type { Diagnostic, Span } from "./diagnostics/diagnostic.js";
