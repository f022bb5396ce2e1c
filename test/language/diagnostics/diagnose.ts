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
  /** Whether there is an object in spite of them. */
  readonly isCompiled: boolean;
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
    const found = result(example, join(folder.path, PROBE), marked);
    const named = found.diagnostics.map((d) => ({ ...d, span: { ...d.span, file: basename(d.span.file) } }));
    return { ...found, marked, diagnostics: named };
  } finally {
    folder.remove();
  }
}

function result(example: Example, file: string, { span }: Marked): Omit<Found, "marked"> {
  if (example.editor) return { diagnostics: inOtherWorld(file), isCompiled: false };
  if (example.llvm === undefined) {
    const { diagnostics, output } = compile({ file, ...example.options });
    return { diagnostics, isCompiled: output !== null };
  }
  const { model, spanAt } = checkFile({ file });
  const location = { file: PROBE, line: span.line, column: span.column };
  const said = { severity: "error", message: example.llvm, functionName: "filter", location } as const;
  return { diagnostics: model ? backendDiagnostics(model, [said], spanAt) : [], isCompiled: false };
}

/** As an editor checks a file that stands in a project with JavaScript's own library. */
function inOtherWorld(file: string): readonly Diagnostic[] {
  const program = ts.createProgram([file], {});
  const source = program.getSourceFile(file);
  return source
    ? findingsOf(program, source, {
        memberKind: () => null,
        signature: () => null,
        memberSignature: () => null,
      })
    : [];
}
