import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { evaluate } from "./constants.js";
import { initialBytes } from "./globals.js";
import type { ExternVariable, MapModel } from "./model/model.js";
import { isInteger, type MapRefType, type Type, typeName } from "./model/types.js";
import { Program } from "./program.js";
import { decoratorCall, hasDecorator, noTypes, resolveType } from "./resolve-type.js";
import type { Session } from "./session.js";
import { mapClass } from "./stdlib-tables.js";

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
export function readProgramClass(
  session: Session,
  declaration: ts.ClassDeclaration,
): { program: Program; license: string } {
  const program = new Program(session);
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
  return { program, license: licenseOf(session, declaration) };
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
  const type = member.type ? resolveType(session, member.type, noTypes) : null;
  const configured = decoratorCall(session, member, "kconfig");
  if (configured) {
    const option = type && readOption(session, member, type, configured);
    program.externs.addOption(symbol, option);
    return;
  }
  const decorator = decoratorCall(session, member, "map");
  if (decorator) {
    if (type?.kind === "map") program.addMap(symbol, readMap(session, name, type, decorator));
    else if (type?.kind !== "error") session.report(decorator, TSB.mapTypeMissing(name));
    return;
  }
  if (!type) {
    session.report(member, TSB.globalTypeMissing(name));
    return;
  }
  if (type.kind === "map") {
    session.report(member, TSB.mapUndecorated(name));
    return;
  }
  program.addGlobal(symbol, {
    name,
    type,
    loc: session.locate(member.name),
    constant: member.modifiers?.some((m) => m.kind === ts.SyntaxKind.ReadonlyKeyword) === true,
    initial: initialBytes(session, type, member.initializer),
  });
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

function readMap(session: Session, name: string, type: MapRefType, decorator: ts.CallExpression): MapModel {
  const [options] = decorator.arguments;
  const number = (key: string): bigint | null => {
    const node = options ? option(options, key) : null;
    const value = node ? evaluate(session, node) : null;
    if (node && value === null) session.report(node, TSB.optionNotConstant(key));
    return value;
  };
  for (const unread of ["inner", "values"]) {
    const node = options ? option(options, unread) : null;
    if (node) session.report(node, TSB.notYet(`The option '${unread}' of @map`));
  }
  const pinning = options ? option(options, "pinning") : null;
  const numaNode = number("numaNode");
  const kind = mapClass(type.className);
  return {
    name,
    type,
    loc: session.locate(decorator.parent.parent),
    maxEntries: Number(number("maxEntries") ?? 0n),
    flags: Number(number("flags") ?? 0n) | (kind?.flags ?? 0),
    pinning: pinning && ts.isStringLiteralLike(pinning) && pinning.text === "by-name" ? "by-name" : "none",
    numaNode: numaNode === null ? null : Number(numaNode),
    extra: number("extra") ?? 0n,
    record: kind?.value.kind === "record" ? recordType(type.value) : null,
  };
}

const recordType = (type: Type | null): MapModel["record"] =>
  type !== null && !isInteger(type) && type.kind === "struct" ? type : null;

/** The value of a property in an object literal. */
function option(options: ts.Expression, key: string): ts.Expression | null {
  if (!ts.isObjectLiteralExpression(options)) return null;
  for (const property of options.properties)
    if (ts.isPropertyAssignment(property) && property.name.getText() === key) return property.initializer;
  return null;
}
