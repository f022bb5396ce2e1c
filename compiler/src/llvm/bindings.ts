import { createRequire } from "node:module";

type Koffi = typeof import("koffi");

/** A pointer into LLVM; null is C's NULL. */
export type Pointer = bigint | null;
/** An out parameter: one slot, filled by the call. */
export type Out = [Pointer];

/**
 * llvm-c's functions that are used: result, then parameters. Their types have not changed from LLVM 18 to 22.
 * `P` is any pointer, `O` a pointer that the call fills in, `S` a string copied in,
 * `A` an array of strings, `B` our bytes, `Z` a size.
 */
const FUNCTIONS = {
  LLVMGetVersion: "V:UUU",
  LLVMInitializeBPFTargetInfo: "V:",
  LLVMInitializeBPFTarget: "V:",
  LLVMInitializeBPFTargetMC: "V:",
  LLVMInitializeBPFAsmPrinter: "V:",
  LLVMInitializeBPFAsmParser: "V:",
  LLVMInstallFatalErrorHandler: "V:C",
  LLVMParseCommandLineOptions: "V:IAS",
  LLVMContextCreate: "P:",
  LLVMContextDispose: "V:P",
  LLVMContextSetDiagnosticHandler: "V:PCP",
  LLVMGetDiagInfoDescription: "P:P",
  LLVMGetDiagInfoSeverity: "I:P",
  LLVMCreateMemoryBufferWithMemoryRangeCopy: "P:BZS",
  LLVMDisposeMemoryBuffer: "V:P",
  LLVMGetBufferStart: "P:P",
  LLVMGetBufferSize: "Z:P",
  LLVMParseIRInContext: "I:PPOO",
  LLVMVerifyModule: "I:PIO",
  LLVMCloneModule: "P:P",
  LLVMDisposeModule: "V:P",
  LLVMPrintModuleToString: "P:P",
  LLVMDisposeMessage: "V:P",
  LLVMGetTargetFromTriple: "I:SOO",
  LLVMCreateTargetMachine: "P:PSSSIII",
  LLVMDisposeTargetMachine: "V:P",
  LLVMTargetMachineEmitToMemoryBuffer: "I:PPIOO",
  LLVMCreatePassBuilderOptions: "P:",
  LLVMDisposePassBuilderOptions: "V:P",
  LLVMRunPasses: "P:PSPP",
  LLVMGetErrorMessage: "P:P",
  LLVMDisposeErrorMessage: "V:P",
} as const;

/** libLLVM, with the functions above. Every call is synchronous. */
export interface Llvm {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Where it was loaded from: a path or a name for the dynamic linker. */
  readonly library: string;
  /** Calls a function that gives nothing. */
  run(name: VoidFunction, ...args: Argument[]): void;
  /** Calls a function that gives a pointer. */
  pointer(name: PointerFunction, ...args: Argument[]): Pointer;
  /** Calls a function that gives an integer. */
  number(name: NumberFunction, ...args: Argument[]): number;
  /** Reads a C string of LLVM's. */
  text(pointer: Pointer): string;
  /** Copies bytes of LLVM's. */
  bytes(pointer: Pointer, length: number): Uint8Array;
  /** Makes a C callback `void (void *, void *)`; free it with `release`. */
  callback(fn: (first: Pointer, second: Pointer) => void): bigint;
  release(callback: bigint): void;
}

export type Argument = Pointer | number | string | readonly string[] | Uint8Array | Out;
type FunctionName = keyof typeof FUNCTIONS;
type Giving<R extends string> = {
  [K in FunctionName]: (typeof FUNCTIONS)[K] extends `${R}:${string}` ? K : never;
}[FunctionName];
type VoidFunction = Exclude<Giving<"V">, "LLVMGetVersion">;
type PointerFunction = Giving<"P">;
type NumberFunction = Giving<"I" | "Z">;

let koffi: Koffi | null = null;

/** koffi is loaded when something is compiled, not before: it costs 8 ms. */
function loadKoffi(): Koffi {
  if (koffi !== null) return koffi;
  koffi = createRequire(import.meta.url)("koffi") as Koffi;
  try {
    koffi.config({ ...koffi.config(), sync_stack_size: STACK_SIZE });
  } catch {
    // Set already by whoever loaded a library first: koffi's own 2 MiB do for all but huge functions.
  }
  return koffi;
}

/** LLVM recurses as deep as the code it is given; clang runs on a main thread's usual 8 MiB. */
const STACK_SIZE = 8 * 1024 * 1024;

/**
 * Loads a library and binds its functions.
 *
 * @throws Error (koffi's) if the library is not there or lacks one of the functions, as one without BPF does.
 */
export function bind(library: string): Llvm {
  const ffi = loadKoffi();
  const handle = ffi.load(library, { lazy: true });
  const callbackType = ffi.pointer(ffi.proto("void", ["void *", "void *"]));
  const types: Readonly<Record<string, Parameters<Koffi["as"]>[1]>> = {
    V: "void",
    P: "void *",
    O: ffi.out(ffi.pointer("void *")),
    U: ffi.out(ffi.pointer("uint")),
    S: "str",
    A: "const char **",
    B: "const uint8_t *",
    Z: "size_t",
    I: "int",
    C: callbackType,
  };
  const declare = (name: FunctionName) => {
    const [result = "", params = ""] = FUNCTIONS[name].split(":");
    return handle.func(
      name,
      types[result]!,
      [...params].map((param) => types[param]!),
    );
  };
  const functions = new Map<FunctionName, ReturnType<typeof declare>>();
  for (const name of Object.keys(FUNCTIONS) as FunctionName[]) functions.set(name, declare(name));

  const version: [[number], [number], [number]] = [[0], [0], [0]];
  functions.get("LLVMGetVersion")!(...version);
  return {
    major: version[0][0],
    minor: version[1][0],
    patch: version[2][0],
    library,
    run: (name, ...args) => {
      functions.get(name)!(...args);
    },
    pointer: (name, ...args): Pointer => functions.get(name)!(...args),
    number: (name, ...args) => Number(functions.get(name)!(...args)),
    text: (pointer): string => (pointer === null ? "" : ffi.decode(pointer, "char", -1)),
    bytes: (pointer, length) => new Uint8Array(ffi.view(pointer, length)).slice(),
    callback: (fn) => ffi.register(fn, callbackType),
    release: (callback) => ffi.unregister(callback),
  };
}
