import { dirname } from "node:path";
import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { type Diagnostic, diagnosticAt } from "../diagnostics/diagnostic.js";
import { check } from "../dialect/check.js";
import type { KernelTypes } from "../dialect/kernel-types.js";
import { spanOf } from "../dialect/session.js";
import { findStdlib, moduleNames, STDLIB } from "../frontend/modules.js";

/** A program never changes: each edit makes a new one, and the server asks more than once for some. */
const known = new WeakMap<ts.Program, Map<ts.SourceFile, readonly Diagnostic[]>>();

/** What is wrong with a probe, and with the modules it imports, in the editor's program. */
export function findingsOf(
  program: ts.Program,
  source: ts.SourceFile,
  kernel: KernelTypes,
): readonly Diagnostic[] {
  const files = known.get(program) ?? new Map<ts.SourceFile, readonly Diagnostic[]>();
  known.set(program, files);
  let found = files.get(source);
  if (!found) {
    found = find(program, source, kernel);
    files.set(source, found);
  }
  return found;
}

function find(program: ts.Program, source: ts.SourceFile, kernel: KernelTypes): readonly Diagnostic[] {
  if (!program.getCompilerOptions().noLib) return [inOtherWorld(source)];
  const modules = moduleNames(stdlibFolder(program, source), source.fileName);
  return check({ program, source, modules, kernel }).diagnostics;
}

/** Where this program's `@tsbpfc/stdlib` is: the project's own, which need not be beside this plugin. */
function stdlibFolder(program: ts.Program, source: ts.SourceFile): string {
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    if (statement.moduleSpecifier.text !== STDLIB) continue;
    const symbol = program.getTypeChecker().getSymbolAtLocation(statement.moduleSpecifier);
    const index = symbol?.declarations?.[0]?.getSourceFile();
    if (index) return `${dirname(index.fileName)}/`;
  }
  return findStdlib().folder;
}

function inOtherWorld(source: ts.SourceFile): Diagnostic {
  const place = source.statements[0];
  const span = spanOf(source, place?.getStart(source) ?? 0, place?.getEnd() ?? 0);
  return diagnosticAt(span, TSB.otherWorld(source.fileName.replace(/^.*\//, "")));
}
