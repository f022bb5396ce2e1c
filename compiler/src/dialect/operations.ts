import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { tooOld } from "./ages.js";
import { initialBytes } from "./globals.js";
import type { MapModel, Operations, OperationsMember } from "./model/model.js";
import type { MapRefType, StructType } from "./model/types.js";
import { fieldNames, typeName } from "./model/types.js";
import type { Program } from "./program.js";
import type { Session } from "./session.js";
import { kernelFeatures } from "./stdlib-tables.js";

/** `values` and `link` of a struct_ops map: members of the kernel's struct, programs among them by their methods. */
export function readOperations(
  session: Session,
  { value }: MapRefType,
  decorator: ts.CallExpression,
  read: (key: string) => ts.Expression | null,
): Operations | null {
  const values = read("values");
  const link = read("link");
  if (value?.kind !== "struct") {
    if (value?.kind !== "error") session.report(decorator, TSB.mapOption("StructOps<T> is of a struct."));
    return null;
  }
  if (!values) return null; // the checker asks for it
  if (!ts.isObjectLiteralExpression(values)) {
    session.report(values, TSB.optionNotConstant("values"));
    return null;
  }
  if (link && link.kind !== ts.SyntaxKind.TrueKeyword && link.kind !== ts.SyntaxKind.FalseKeyword)
    session.report(link, TSB.optionNotConstant("link"));
  const linked = link?.kind === ts.SyntaxKind.TrueKeyword;
  const old = linked ? tooOld(session.target, "A link of struct_ops", kernelFeatures.structOpsLinks) : null;
  if (link && old) session.report(link, old);
  const members = values.properties.flatMap((property) => memberOf(session, value, property));
  return { struct: value.name, link: linked, members };
}

function memberOf(
  session: Session,
  struct: StructType,
  property: ts.ObjectLiteralElementLike,
): OperationsMember[] {
  const name = property.name?.getText() ?? "";
  const field = struct.shape.fields.find((f) => f.name === name);
  if (!ts.isPropertyAssignment(property) || !field) {
    session.report(property, TSB.fieldUnknown(name, typeName(struct), fieldNames(struct)));
    return [];
  }
  const { initializer } = property;
  if (field.type.kind !== "ptr")
    return [{ name, kind: "value", type: field.type, bytes: initialBytes(session, field.type, initializer) }];
  if (ts.isStringLiteralLike(initializer)) return [{ name, kind: "program", program: initializer.text }];
  session.report(initializer, TSB.mapOption(`'${name}' takes the name of a method with @SEC("struct_ops").`));
  return [];
}

/** The member that a program is, as `struct.member` of the kernel's. */
export function operationOf(
  program: Program,
  name: string,
): { readonly struct: string; readonly member: string } | null {
  for (const { operations } of program.maps)
    for (const member of operations?.members ?? [])
      if (operations && member.kind === "program" && member.program === name)
        return { struct: operations.struct, member: member.name };
  return null;
}

/** Is a program of this section one of struct_ops? */
export const isStructOps = (section: string | null): boolean =>
  section !== null && /^\??struct_ops(\.s)?(\/|$)/.test(section);

/** The programs that a struct_ops map names are there, and are for it. */
export function checkOperations(
  session: Session,
  { operations }: MapModel,
  values: ts.Expression | null,
  program: Program,
): void {
  if (!operations || !values || !ts.isObjectLiteralExpression(values)) return;
  for (const member of operations.members) {
    if (member.kind !== "program") continue;
    const known = program.functions.find((f) => f.linkage === "program" && f.name === member.program);
    if (known && isStructOps(known.section)) continue;
    const written = values.properties.find((p) => p.name?.getText() === member.name);
    const wrong = known
      ? `'${member.program}' is no program of struct_ops.`
      : `there is no program '${member.program}'.`;
    session.report(written ?? values, TSB.mapOption(wrong));
  }
}
