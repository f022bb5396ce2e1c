import type { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import type { Diagnostic, Span, SpanAt } from "../diagnostics/diagnostic.js";
import { checkArenas } from "./arenas.js";
import { checkBounds } from "./bounds/index.js";
import { checkEndless } from "./endless.js";
import { checkHelpers } from "./helper-checks.js";
import type { KernelTypes } from "./kernel-types.js";
import { checkKernelWrites } from "./kernel-writes.js";
import type { MapModel, Model } from "./model/model.js";
import { ownedBy, type StructType, type Type } from "./model/types.js";
import type { Program } from "./program.js";
import { findProgramClass, readProgramClass } from "./program-class.js";
import { reachableFiles } from "./reachable.js";
import { checkReferences } from "./references/index.js";
import { reportRestrictions } from "./restrictions.js";
import { checkSchedulerCalls } from "./scheduler-calls.js";
import { checkSectionAges } from "./section-ages.js";
import { type ModuleNames, Session, spanOf } from "./session.js";
import { checkStack } from "./stack.js";
import { newest, type Target } from "./target.js";
import { fromTypeScript } from "./typescript-errors.js";

export interface CheckResult {
  /** In source order, each place once. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null if anything is wrong. */
  readonly model: Model | null;
  /** Where in the probe's sources a place of the model is. */
  readonly spanAt: SpanAt;
}

export interface CheckInput {
  readonly program: ts.Program;
  readonly source: ts.SourceFile;
  readonly modules: ModuleNames;
  readonly kernel: KernelTypes;
  /** The newest kernel, v3, if absent. */
  readonly target?: Target;
}

/** Everything that is wrong with a probe, and its checked model if nothing is. Pure: the CLI and the editor share it. */
export function check({ program, source, modules, kernel, target = newest }: CheckInput): CheckResult {
  const session = new Session(program.getTypeChecker(), modules, kernel, target);
  const spanAt: SpanAt = (loc) => session.spanAt(loc);
  const files = reachableFiles(session, source);
  const sources = files.filter((f) => !f.isDeclarationFile);
  const refused = sources.flatMap((f) =>
    reportRestrictions(session, f).map((n) => spanOf(f, n.getStart(), n.getEnd())),
  );

  // What follows from refused syntax (no `Promise` in this world …) would only repeat it.
  const typed = [
    ...files.flatMap((f) => program.getSyntacticDiagnostics(f)),
    ...sources.flatMap((f) => program.getSemanticDiagnostics(f)),
    ...(refused.length === 0 ? [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()] : []),
  ]
    .map(fromTypeScript)
    .filter((d) => d !== null)
    .filter((d) => !refused.some((span) => contains(span, d.span)));

  // Without the kernel's types everything that uses them would be wrong as well.
  if (typed.some((d) => d.code === TSB.kernelTypeMissing.code))
    return { diagnostics: merge(typed, session.diagnostics), model: null, spanAt };

  const declaration = findProgramClass(session, source);
  const read = declaration && readProgramClass(session, declaration);
  if (read) for (const func of read.functions) checkStack(session, func);
  if (read) checkSectionAges(session, read.functions);
  if (read) checkHelpers(session, read.functions, read.license);
  if (read) checkKernelWrites(read);
  if (read) checkSchedulerCalls(read);
  if (read) checkEndless(session, read.functions);
  if (read) checkBounds(session, read.functions);
  if (read) checkArenas(session, read.maps, read.globals, read.functions);
  if (read) checkReferences(session, read.functions);
  if (read) refuseTwins(session, read);
  if (declaration && read) refuseRecordsAlone(session, declaration, read);
  const diagnostics = merge(typed, session.diagnostics);
  if (!declaration || !read || diagnostics.some((d) => d.severity === "error"))
    return { diagnostics, model: null, spanAt };
  const { maps, globals, functions, externs } = read;
  const records = [...new Set([...maps.flatMap(structsApart), ...globals.flatMap((g) => ownedBy(g.type))])];
  const model: Model = {
    name: declaration.name?.text ?? "Program",
    license: read.license,
    files: session.files,
    maps,
    globals,
    externs: externs.used,
    functions,
    records,
  };
  return { diagnostics, model, spanAt };
}

/** The type of a record is in the object's BTF through a function's debug info; without a function it would be lost. */
function refuseRecordsAlone(session: Session, declaration: ts.ClassDeclaration, program: Program): void {
  if (
    !program.functions.some((f) => f.linkage === "program") &&
    program.maps.some((m) => structsApart(m).length > 0)
  )
    session.report(declaration.name ?? declaration, TSB.noProgram(declaration.name?.text ?? ""));
}

/**
 * Structs that no definition in `.maps` leads to with their members: records, what a map inside a map holds, and what
 * values own. LLVM writes a struct behind a pointer as a name alone, and behind `contains:` there is only text.
 */
function structsApart({ type, record, inner }: MapModel): StructType[] {
  const held = inner ? [inner.type.key, inner.type.value] : [];
  const apart = [record, ...held.map((type) => (type ? innermost(type) : null))].filter(
    (type) => type?.kind === "struct",
  );
  return [...apart, ...[type, inner?.type].flatMap((map) => (map?.value ? ownedBy(map.value) : []))];
}

const innermost = (type: Type): Type => (type.kind === "array" ? innermost(type.element) : type);

/** The object's symbols, its sections and what is the kernel's share their names. */
function refuseTwins(session: Session, { maps, globals, functions, externs }: Program): void {
  const own = new Map([...maps, ...globals, ...functions].map((symbol) => [symbol.name, symbol]));
  for (const { name } of externs.used) {
    const twin = own.get(name);
    if (twin) session.reportLoc(twin.loc, TSB.nameTaken(name));
  }
  const sections = new Set(functions.flatMap(({ section }) => section ?? []));
  for (const { name, loc } of own.values())
    if (sections.has(name) || name === LICENSE_SECTION) session.reportLoc(loc, TSB.sectionName(name));
}

/** Where libbpf looks for the license. */
const LICENSE_SECTION = "license";

const before = (a: Span, b: Span): boolean => a.line < b.line || (a.line === b.line && a.column <= b.column);

const contains = (outer: Span, inner: Span): boolean =>
  outer.file === inner.file &&
  before(outer, inner) &&
  (inner.line < outer.endLine || (inner.line === outer.endLine && inner.column <= outer.endColumn));

/**
 * One list in source order. Where the checker and the dialect complain of the same place, the one that says why
 * and what instead stays. Of a @map on what is no map, the checker knows only that the options do not fit.
 */
function merge(typed: readonly Diagnostic[], own: readonly Diagnostic[]): Diagnostic[] {
  const better = own.filter((d) => d.code === TSB.mapTypeMissing.code);
  const all = [...better, ...typed.filter((d) => d.reason), ...own, ...typed.filter((d) => !d.reason)];
  const kept: Diagnostic[] = [];
  for (const diagnostic of all) {
    const repeats = kept.some(
      ({ span }) => contains(span, diagnostic.span) || contains(diagnostic.span, span),
    );
    const explained = kept.some(
      ({ span, reason }) =>
        reason && span.file === diagnostic.span.file && span.line === diagnostic.span.line,
    );
    if (!repeats && !(explained && !diagnostic.reason)) kept.push(diagnostic);
  }
  return kept.sort((a, b) =>
    a.span.file === b.span.file
      ? a.span.line - b.span.line || a.span.column - b.span.column
      : a.span.file < b.span.file
        ? -1
        : 1,
  );
}
