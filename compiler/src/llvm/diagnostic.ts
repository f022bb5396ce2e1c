/** What LLVM's back end says about correct IR that BPF cannot run: too much stack, an unsupported call. */
export interface BackendDiagnostic {
  readonly severity: DiagnosticSeverity;
  /** LLVM's sentence, without place and function. */
  readonly message: string;
  /** The function it is about, if LLVM says. */
  readonly functionName: string | null;
  /** Where in the source, if LLVM says: the file as in the debug info; line and column count from 1. */
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

export type DiagnosticSeverity = "error" | "warning" | "remark" | "note";

/** LLVMDiagnosticSeverity of llvm-c/Core.h. */
const SEVERITIES: readonly DiagnosticSeverity[] = ["error", "warning", "remark", "note"];

/**
 * DiagnosticInfoUnsupported prints "place: in function NAME TYPE: text" (lib/IR/DiagnosticInfo.cpp); the C API
 * gives only the printed form. The type ends at the ": " after its parameter list.
 */
const UNSUPPORTED =
  /^(?<file>.*?):(?<line>\d+):(?<column>\d+): in function (?<fn>\S+) .*?\): (?<text>[\s\S]*)$/;

export function parseDiagnostic(severity: number, description: string): BackendDiagnostic {
  const level = SEVERITIES[severity] ?? "error";
  const groups = UNSUPPORTED.exec(description)?.groups;
  if (groups === undefined) {
    return { severity: level, message: description.trim(), functionName: null, location: null };
  }
  const line = Number(groups.line);
  return {
    severity: level,
    message: (groups.text ?? "").trim(),
    functionName: groups.fn ?? null,
    location: line === 0 ? null : { file: groups.file ?? "", line, column: Number(groups.column) },
  };
}
