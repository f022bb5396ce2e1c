/** What LLVM's back end says about correct IR that BPF cannot run: too much stack, an unsupported call. */
export interface BackendDiagnostic {
  readonly severity: "error" | "warning" | "remark" | "note";
  /** LLVM's sentence, without place and function. */
  readonly message: string;
  /** The function it is about, if LLVM says. */
  readonly functionName: string | null;
  /** Where in the source, if LLVM says: the file as in the debug info; line and column count from 1. */
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}
