import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, ExitCode } from "./exit-codes.js";

/** How a command ends that could not do its work. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** For standard error, whole lines. */
  readonly text: string;
}

/** What is the machine's or the user's to mend, by class name, so that no class has to be loaded to know it. */
const KNOWN: Readonly<Record<string, ExitCode>> = {
  LlvmNotFoundError: ExitCode.environment,
  SourceNotFoundError: ExitCode.environment,
  KernelVersionError: ExitCode.usage,
  // Of a kernel's BTF; `gen` names the object that it cannot read itself.
  BtfError: ExitCode.environment,
};

/** What to say of an error, and the code to end with. Keeps the IR of an error that has some in a temporary file. */
export function failureOf(error: unknown): Failure {
  const message = reasonOf(error);
  if (error instanceof CommandError) return { exitCode: ExitCode[error.code], text: `tsbpfc: ${message}\n` };
  const known = error instanceof Error ? KNOWN[error.name] : undefined;
  if (known !== undefined) return { exitCode: known, text: `tsbpfc: ${message}\n` };
  return { exitCode: ExitCode.internal, text: internal(error, message) };
}

function internal(error: unknown, message: string): string {
  return [
    `tsbpfc: internal error: ${message}`,
    ...(hasIr(error) ? [`tsbpfc: ${keepIr(error.ir)}`] : []),
    "tsbpfc: this is a fault of the compiler. Please report it with the probe that caused it.",
    ...(error instanceof Error && process.env.TSBPFC_DEBUG ? [error.stack ?? ""] : []),
    "",
  ].join("\n");
}

/** As `IrError` of the LLVM stage has. */
const hasIr = (error: unknown): error is { readonly ir: string } =>
  typeof error === "object" && error !== null && "ir" in error && typeof error.ir === "string";

function keepIr(ir: string): string {
  try {
    const file = join(mkdtempSync(join(tmpdir(), "tsbpfc-")), "module.ll");
    writeFileSync(file, ir);
    return `the LLVM IR is in ${file}`;
  } catch (error) {
    return `the LLVM IR could not be kept: ${reasonOf(error)}`;
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
