/** What LLVM's back end says about correct IR that BPF cannot run: too much stack, an unsupported call. */
export interface BackendDiagnostic {
  readonly severity: "error" | "warning";
  /** LLVM's sentence, without place and function. */
  readonly message: string;
  /** The function it is about, if LLVM says. */
  readonly functionName: string | null;
  /** Where in the source, if LLVM says: the file as in the debug info; line and column count from 1. */
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/** LLVMDiagnosticSeverity of llvm-c/Core.h. Remarks (2) and notes (3) tell of optimisation. */
const SEVERITIES: readonly BackendDiagnostic["severity"][] = ["error", "warning"];

/**
 * DiagnosticInfoUnsupported prints "place: in function NAME TYPE: text" (lib/IR/DiagnosticInfo.cpp); the C API
 * gives only the printed form. The type ends at the ": " after its parameter list.
 */
const UNSUPPORTED =
  /^(?<file>.*?):(?<line>\d+):(?<column>\d+): in function (?<fn>\S+) .*?\): (?<text>[\s\S]*)$/;

/** A node of the selection graph in front of the text, with its address: no two runs agree on it. */
const NODE = /^0x[0-9a-f]+: \S+ = \S+ /;

/** Null for what is not an error or a warning. */
export function parseDiagnostic(level: number, description: string): BackendDiagnostic | null {
  const severity = SEVERITIES[level];
  if (severity === undefined) return null;
  const groups = UNSUPPORTED.exec(description)?.groups;
  if (groups === undefined)
    return { severity, message: description.trim(), functionName: null, location: null };
  const { file = "", fn = "", text = "" } = groups;
  const line = Number(groups.line);
  return {
    severity,
    message: text.trim().replace(NODE, ""),
    functionName: fn,
    location: line === 0 ? null : { file, line, column: Number(groups.column) },
  };
}
