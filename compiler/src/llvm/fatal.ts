import { mkdtempSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Llvm } from "./bindings.js";

/** Exit code of an internal compiler error in LLVM: EX_SOFTWARE of sysexits.h. */
export const INTERNAL_ERROR_EXIT_CODE = 70;

let installed = false;
let compiling: { readonly ir: string; readonly llvm: Llvm } | null = null;

/**
 * Runs `work` with LLVM's fatal errors caught. LLVM cannot go on after one, nor unwind: the process has to end.
 * It ends with exit code 70, a message, and the IR in a temporary file, instead of an abort.
 */
export function guardFatalErrors<T>(llvm: Llvm, ir: string, work: () => T): T {
  if (!installed) {
    // Registered for the life of the process: LLVM keeps one handler.
    llvm.run(
      "LLVMInstallFatalErrorHandler",
      llvm.callback((reason) => die(llvm.text(reason))),
    );
    installed = true;
  }
  compiling = { ir, llvm };
  try {
    return work();
  } finally {
    compiling = null;
  }
}

function die(reason: string): never {
  const version =
    compiling === null ? "" : ` ${compiling.llvm.major}.${compiling.llvm.minor}.${compiling.llvm.patch}`;
  writeSync(
    2,
    `tsbpfc: internal compiler error: LLVM${version} gave up: ${reason.trim()}\n` +
      `tsbpfc: ${keepIr()}\n` +
      "tsbpfc: this is a fault of the compiler, not of the program; please report it with that file.\n",
  );
  process.exit(INTERNAL_ERROR_EXIT_CODE);
}

function keepIr(): string {
  if (compiling === null) return "no IR was being compiled";
  try {
    const file = join(mkdtempSync(join(tmpdir(), "tsbpfc-ice-")), "module.ll");
    writeFileSync(file, compiling.ir);
    return `the LLVM IR is in ${file}`;
  } catch (error) {
    return `the LLVM IR could not be kept: ${error instanceof Error ? error.message : String(error)}`;
  }
}
