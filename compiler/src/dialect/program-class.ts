import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { initialBytes } from "./globals.js";
import { checkMapObjects, checkObjects } from "./kernel-objects.js";
import { checkValues, option, readMap } from "./map-definitions.js";
import type { ExternVariable } from "./model/model.js";
import { boolType, errorType, type Type, typeName } from "./model/types.js";
import { Program } from "./program.js";
import type { Session } from "./session.js";
import { decoratorCall, hasDecorator } from "./types/decorators.js";
import { noTypes, resolveStored } from "./types/resolve.js";
import { classMade } from "./types/structs.js";

/** The one class of the file with @program. */
export function findProgramClass(session: Session, source: ts.SourceFile): ts.ClassDeclaration | null {
  const classes = source.statements
    .filter(ts.isClassDeclaration)
    .filter((c) => hasDecorator(session, c, "program"));
  for (const extra of classes.slice(1))
    session.report(extra.name ?? extra, TSB.manyProgramClasses(extra.name?.text ?? ""));
  if (classes.length === 0)
    session.reportAt(source, 0, 0, TSB.noProgramClass(source.fileName.replace(/^.*\//, "")));
  return classes[0] ?? null;
}

/** Reads the class: maps and globals first, since methods use them in any order, then the programs. */
export function readProgramClass(session: Session, declaration: ts.ClassDeclaration): Program {
  const program = new Program(session, licenseOf(session, declaration));
  for (const member of declaration.members) {
    if (ts.isPropertyDeclaration(member)) readField(session, program, member);
    else if (!ts.isMethodDeclaration(member) && !ts.isSemicolonClassElement(member))
      session.report(member, TSB.memberNotAllowed("this member"));
  }
  for (const member of declaration.members) {
    if (!ts.isMethodDeclaration(member) || !member.body) continue;
    const section = sectionOf(session, member);
    if (section !== null) program.addProgram(member, section);
  }
  for (const map of program.maps) checkValues(session, declaration, map, program);
  return program;
}

function sectionOf(session: Session, method: ts.MethodDeclaration): string | null {
  const [argument] = decoratorCall(session, method, "SEC")?.arguments ?? [];
  return argument && ts.isStringLiteralLike(argument) ? argument.text : null;
}

function licenseOf(session: Session, declaration: ts.ClassDeclaration): string {
  const [options] = decoratorCall(session, declaration, "program")?.arguments ?? [];
  const value = options ? option(options, "license") : null;
  if (value && ts.isStringLiteralLike(value)) return value.text;
  if (value) session.report(value, TSB.optionNotConstant("license"));
  return "";
}

function readField(session: Session, program: Program, member: ts.PropertyDeclaration): void {
  const symbol = session.symbolOf(member.name);
  const name = member.name.getText();
  if (!symbol) return;
  const type = member.type
    ? resolveStored(session, member.type, noTypes)
    : typeOfValue(session, member.initializer);
  const configured = decoratorCall(session, member, "kconfig");
  if (configured) {
    const option = type && readOption(session, member, type, configured);
    program.externs.addOption(symbol, option);
    return;
  }
  const decorator = decoratorCall(session, member, "map");
  if (decorator) {
    if (type?.kind === "map") {
      checkMapObjects(session, member.type ?? member, type);
      program.addMap(symbol, readMap(session, name, type, decorator));
      return;
    }
    if (type?.kind !== "error") session.report(decorator, TSB.mapTypeMissing(name));
    addGlobal(session, program, symbol, member, errorType);
    return;
  }
  if (type?.kind === "map") {
    session.report(member, TSB.mapUndecorated(name));
    return;
  }
  if (!type) session.report(member, TSB.globalTypeMissing(name, typeToWrite(member.initializer)));
  addGlobal(session, program, symbol, member, type ?? errorType);
}

/** One of no known type is there too, so that nothing more is said where it is used. */
function addGlobal(
  session: Session,
  program: Program,
  symbol: ts.Symbol,
  member: ts.PropertyDeclaration,
  type: Type,
): void {
  checkObjects(session, member.type ?? member, type);
  program.addGlobal(symbol, {
    name: member.name.getText(),
    type,
    loc: session.locate(member.name),
    constant: member.modifiers?.some((m) => m.kind === ts.SyntaxKind.ReadonlyKeyword) === true,
    inArena: hasDecorator(session, member, "arena"),
    initial: initialBytes(session, type, member.initializer),
  });
}

/** The type that a value alone tells: of a boolean, of a class. A number could be of any width. */
function typeOfValue(session: Session, value: ts.Expression | undefined): Type | null {
  if (value?.kind === ts.SyntaxKind.TrueKeyword || value?.kind === ts.SyntaxKind.FalseKeyword)
    return boolType;
  return value && ts.isNewExpression(value) ? (classMade(session, value, noTypes)?.struct ?? null) : null;
}

/** A type as an example, for a global that has none. */
function typeToWrite(value: ts.Expression | undefined): string {
  if (value && ts.isStringLiteralLike(value)) return "str<16>";
  if (value && ts.isArrayLiteralExpression(value)) return `array<u32, ${value.elements.length}>`;
  return "u64";
}

/** `@kconfig("CONFIG_HZ") readonly hz: u32`; a zero as initialiser is for kernels that lack the option. */
function readOption(
  session: Session,
  member: ts.PropertyDeclaration,
  type: Type,
  decorator: ts.CallExpression,
): ExternVariable | null {
  const [name] = decorator.arguments;
  if (!name || !ts.isStringLiteralLike(name) || type.kind === "error") return null;
  const { initializer } = member;
  if (initializer && initialBytes(session, type, initializer).some((byte) => byte !== 0)) {
    session.report(initializer, TSB.optionDefault());
    return null;
  }
  if (!["int", "bool", "enum", "str"].includes(type.kind)) {
    session.report(member.type ?? member, TSB.typeNotSupported(typeName(type)));
    return null;
  }
  const loc = session.locate(member.name);
  return { kind: "kconfig", name: name.text, type, weak: initializer !== undefined, loc };
}
