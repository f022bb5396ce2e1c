import type { BpfCpu } from "../compile.js";
import type { Llvm, Out, Pointer } from "./bindings.js";
import { type BackendDiagnostic, parseDiagnostic } from "./diagnostic.js";
import { IrError } from "./errors.js";
import { guardFatalErrors } from "./fatal.js";
import { findLlvm } from "./find.js";

export interface EmitOptions {
  readonly cpu: BpfCpu;
  /** Path of libLLVM; found by name if absent. */
  readonly llvmPath?: string;
  readonly optimize?: OptimizationLevel;
  /** Give the assembly too. */
  readonly assembly?: boolean;
  /** Give the IR after optimisation too. */
  readonly optimizedIr?: boolean;
}

export type OptimizationLevel = "O0" | "O1" | "O2" | "O3" | "Os";

export interface EmitResult {
  /** A relocatable ELF object, with LLVM's debug sections; null if a diagnostic is an error. */
  readonly object: Uint8Array | null;
  readonly assembly: string | null;
  readonly optimizedIr: string | null;
  /** What the back end cannot do or warns of, in its order, each once. */
  readonly diagnostics: readonly BackendDiagnostic[];
}

/** enums of llvm-c/TargetMachine.h and llvm-c/Analysis.h */
const CODE_GEN_DEFAULT = 2;
/** As clang does: position-independent code refers to symbols through `.L…$local` aliases of its own. */
const RELOC_STATIC = 1;
const CODE_MODEL_DEFAULT = 0;
const ASSEMBLY_FILE = 0;
const OBJECT_FILE = 1;
const RETURN_STATUS = 2;

const TRIPLE = "bpfel";

/**
 * LLVM IR text to a BPF object, in this process. The same IR and library give the same bytes.
 *
 * Fatal errors of LLVM end the process with code 70 (`fatal.ts`): it cannot recover from them.
 *
 * @throws LlvmNotFoundError; IrError if LLVM refuses the IR, which is a fault of the compiler.
 */
export function emitObject(ir: string, options: EmitOptions): EmitResult {
  const llvm = findLlvm(options.llvmPath);
  return guardFatalErrors(llvm, ir, () => emit(llvm, ir, options));
}

function emit(llvm: Llvm, ir: string, options: EmitOptions): EmitResult {
  const undo: (() => void)[] = [];
  const defer = (action: () => void) => undo.push(action);
  try {
    initializeTarget(llvm);
    const context = llvm.pointer("LLVMContextCreate");
    defer(() => llvm.run("LLVMContextDispose", context));
    const diagnostics = new Map<string, BackendDiagnostic>();
    const handler = llvm.callback((info) => {
      const text = takeMessage(llvm, llvm.pointer("LLVMGetDiagInfoDescription", info));
      const diagnostic = parseDiagnostic(llvm.number("LLVMGetDiagInfoSeverity", info), text);
      if (diagnostic !== null) diagnostics.set(JSON.stringify(diagnostic), diagnostic);
    });
    defer(() => llvm.release(handler));
    llvm.run("LLVMContextSetDiagnosticHandler", context, handler, null);

    const machine = createMachine(llvm, options.cpu);
    defer(() => llvm.run("LLVMDisposeTargetMachine", machine));
    const module = parse(llvm, context, ir);
    defer(() => llvm.run("LLVMDisposeModule", module));
    verify(llvm, module, ir);
    runPasses(llvm, module, machine, options.optimize ?? "O2", ir);
    const optimizedIr =
      options.optimizedIr === true
        ? takeMessage(llvm, llvm.pointer("LLVMPrintModuleToString", module))
        : null;

    // Emitting consumes a module: the assembly gets a copy. Its diagnostics are the same and merge.
    let assembly: string | null = null;
    if (options.assembly === true) {
      const copy = llvm.pointer("LLVMCloneModule", module);
      defer(() => llvm.run("LLVMDisposeModule", copy));
      assembly = new TextDecoder().decode(emitFile(llvm, machine, copy, ASSEMBLY_FILE, ir));
    }
    const object = emitFile(llvm, machine, module, OBJECT_FILE, ir);
    const found = [...diagnostics.values()];
    const failed = found.some(({ severity }) => severity === "error");
    return { object: failed ? null : object, assembly, optimizedIr, diagnostics: found };
  } finally {
    for (const action of undo.reverse()) action();
  }
}

/**
 * The parser upgrades old debug info, and for that verifies the module and dies if it is broken. Off, broken IR
 * gets to our own LLVMVerifyModule, which says what is wrong.
 */
const OPTIONS = ["tsbpfc", "-disable-auto-upgrade-debug-info"] as const;

const initialized = new WeakSet<Llvm>();

/** BPF alone: a library built with all targets would spend its time on the others. */
function initializeTarget(llvm: Llvm): void {
  if (initialized.has(llvm)) return;
  llvm.run("LLVMInitializeBPFTargetInfo");
  llvm.run("LLVMInitializeBPFTarget");
  llvm.run("LLVMInitializeBPFTargetMC");
  llvm.run("LLVMInitializeBPFAsmPrinter");
  llvm.run("LLVMInitializeBPFAsmParser");
  llvm.run("LLVMParseCommandLineOptions", OPTIONS.length, OPTIONS, "");
  initialized.add(llvm);
}

function createMachine(llvm: Llvm, cpu: BpfCpu): Pointer {
  const target: Out = [null];
  const message: Out = [null];
  if (llvm.number("LLVMGetTargetFromTriple", TRIPLE, target, message) !== 0) {
    throw new IrError("llvm-emit", takeMessage(llvm, message[0]), "");
  }
  const levels = [CODE_GEN_DEFAULT, RELOC_STATIC, CODE_MODEL_DEFAULT] as const;
  return llvm.pointer("LLVMCreateTargetMachine", target[0], TRIPLE, cpu, "", ...levels);
}

function parse(llvm: Llvm, context: Pointer, ir: string): Pointer {
  const bytes = new TextEncoder().encode(ir);
  const buffer = llvm.pointer("LLVMCreateMemoryBufferWithMemoryRangeCopy", bytes, bytes.length, "module.ll");
  const module: Out = [null];
  const message: Out = [null];
  // The buffer is the parser's from here on, whatever comes of it.
  if (llvm.number("LLVMParseIRInContext", context, buffer, module, message) !== 0) {
    throw new IrError("llvm-parse", takeMessage(llvm, message[0]), ir);
  }
  return module[0];
}

function verify(llvm: Llvm, module: Pointer, ir: string): void {
  const message: Out = [null];
  const broken = llvm.number("LLVMVerifyModule", module, RETURN_STATUS, message) !== 0;
  const text = takeMessage(llvm, message[0]);
  if (broken) throw new IrError("llvm-verify", text, ir);
}

/** The machine must be given: it is what runs the BPF passes for CO-RE and contexts. */
function runPasses(
  llvm: Llvm,
  module: Pointer,
  machine: Pointer,
  level: OptimizationLevel,
  ir: string,
): void {
  const options = llvm.pointer("LLVMCreatePassBuilderOptions");
  try {
    const error = llvm.pointer("LLVMRunPasses", module, `default<${level}>`, machine, options);
    if (error === null) return;
    const message = llvm.pointer("LLVMGetErrorMessage", error);
    const text = llvm.text(message);
    llvm.run("LLVMDisposeErrorMessage", message);
    throw new IrError("llvm-passes", text, ir);
  } finally {
    llvm.run("LLVMDisposePassBuilderOptions", options);
  }
}

function emitFile(llvm: Llvm, machine: Pointer, module: Pointer, kind: number, ir: string): Uint8Array {
  const message: Out = [null];
  const buffer: Out = [null];
  if (llvm.number("LLVMTargetMachineEmitToMemoryBuffer", machine, module, kind, message, buffer) !== 0) {
    throw new IrError("llvm-emit", takeMessage(llvm, message[0]), ir);
  }
  try {
    return llvm.bytes(
      llvm.pointer("LLVMGetBufferStart", buffer[0]),
      llvm.number("LLVMGetBufferSize", buffer[0]),
    );
  } finally {
    llvm.run("LLVMDisposeMemoryBuffer", buffer[0]);
  }
}

/** Reads a message that is ours to free. */
function takeMessage(llvm: Llvm, message: Pointer): string {
  if (message === null) return "";
  const text = llvm.text(message).trimEnd();
  llvm.run("LLVMDisposeMessage", message);
  return text;
}
