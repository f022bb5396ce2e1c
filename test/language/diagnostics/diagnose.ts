import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { compile, type Diagnostic } from "@tsbpfc/compiler";
import { ts } from "ts-morph";
import { checkFile } from "../../../compiler/src/compile.js";
import { backendDiagnostics } from "../../../compiler/src/diagnostics/backend.js";
import { findingsOf } from "../../../compiler/src/editor/findings.js";
import { temporaryFolder } from "../../support/probe.js";
import { type Example, type Marked, unmark } from "./example.js";

const PROBE = "probe.bpf.ts";

/** A diagnostic with its file's name alone. */
export interface Found {
  readonly diagnostics: readonly Diagnostic[];
  readonly marked: Marked & { readonly file: string };
}

/** What an example is told, and what it has marked. */
export function diagnose(example: Example): Found {
  const texts = { [PROBE]: example.source, ...example.files };
  const [file, source] = Object.entries(texts).find(([, text]) => text.includes("«")) ?? [PROBE, ""];
  const marked = { file, ...unmark(source) };
  const folder = temporaryFolder();
  try {
    for (const [name, text] of Object.entries({ ...texts, [file]: marked.text }))
      writeFileSync(join(folder.path, name), text);
    const found = diagnostics(example, join(folder.path, PROBE), marked);
    const named = found.map((d) => ({ ...d, span: { ...d.span, file: basename(d.span.file) } }));
    return { marked, diagnostics: named };
  } finally {
    folder.remove();
  }
}

function diagnostics(example: Example, file: string, { span }: Marked): readonly Diagnostic[] {
  if (example.editor) return inOtherWorld(file);
  if (example.llvm === undefined) return compile({ file, ...example.options }).diagnostics;
  const { model } = checkFile({ file });
  const location = { file, line: span.line, column: span.column };
  const said = { severity: "error", message: example.llvm, functionName: "filter", location } as const;
  return model ? backendDiagnostics(model, [said], file) : [];
}

/** As an editor checks a file that stands in a project with JavaScript's own library. */
function inOtherWorld(file: string): readonly Diagnostic[] {
  const program = ts.createProgram([file], {});
  const source = program.getSourceFile(file);
  return source ? findingsOf(program, source, { memberKind: () => null, signature: () => null }) : [];
}
