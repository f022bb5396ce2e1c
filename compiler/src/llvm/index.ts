export { type EmitOptions, type EmitResult, emitObject, type OptimizationLevel } from "./compile.js";
export type { BackendDiagnostic } from "./diagnostic.js";
export { IrError, LlvmNotFoundError } from "./errors.js";
export { INTERNAL_ERROR_EXIT_CODE } from "./fatal.js";
export { findLlvm } from "./find.js";
