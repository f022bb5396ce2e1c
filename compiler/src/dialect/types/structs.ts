import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { kernelName, WRITTEN } from "../../frontend/vmlinux/names.js";
import { type FieldDeclaration, type LayoutRules, layOut } from "../model/layout.js";
import {
  errorType,
  packetPointer,
  pointerTo,
  type StructOrigin,
  type StructType,
  type Type,
} from "../model/types.js";
import type { Session } from "../session.js";
import { checkAlignment, checkSize, checkWidth } from "../sizes.js";
import { contextStruct, kernelObject, type UapiStruct } from "../stdlib-tables.js";
import { decoratorCall, hasDecorator } from "./decorators.js";
import { isFlavour, withoutFlavour } from "./flavours.js";
import { argumentName, cName, typeKey } from "./names.js";
import { bindTypes, lengthOf, noTypes, resolveStored, type TypeEnv } from "./resolve.js";

/** What `new T()` makes, or null if that is no class of the dialect. */
export function classMade(
  session: Session,
  node: ts.NewExpression,
  types: TypeEnv,
): { readonly declaration: ts.ClassDeclaration; readonly struct: StructType } | null {
  const declaration = session.symbolOf(node.expression)?.valueDeclaration;
  if (!declaration || !ts.isClassDeclaration(declaration)) return null;
  const args = [...bindTypes(session, declaration, node.typeArguments ?? [], types).values()];
  return { declaration, struct: structOf(session, declaration, args) };
}

/** The struct that a class with fields is, for these type arguments. */
export function structOf(
  session: Session,
  declaration: ts.ClassDeclaration,
  args: readonly Type[],
): StructType {
  const key = `${session.idOf(declaration)}<${args.map((a) => typeKey(session, a)).join(",")}>`;
  const known = session.structs.get(key);
  if (known) return known;

  const symbol = declaration.name ? session.symbolOf(declaration.name) : null;
  const context = symbol && session.stdlibName(symbol) !== null ? contextStruct(symbol.name) : null;
  const struct: StructType = {
    kind: "struct",
    name:
      context?.struct ??
      (symbol && kernelObjectName(session, symbol)) ??
      cName([declaration.name?.text ?? "", ...args.map(argumentName)].join("_")),
    union: hasDecorator(session, declaration, "union"),
    origin: context === null ? "local" : "context",
    shape: { fields: [], size: 0, align: 1 },
    loc: session.locate(declaration.name ?? declaration),
    event: null,
  };
  session.structs.set(key, struct);
  session.structArguments.set(struct.shape, args);

  const env = new Map<ts.Symbol, Type>();
  declaration.typeParameters?.forEach((parameter, i) => {
    const symbol = session.symbolOf(parameter.name);
    const argument = args[i];
    if (symbol && argument) env.set(symbol, argument);
  });
  const fields: FieldDeclaration[] = [];
  for (const member of declaration.members) {
    if (!ts.isPropertyDeclaration(member)) continue;
    const field = fieldOf(session, member, member.type, env);
    fields.push(context ? contextField(field, context) : field);
  }
  Object.assign(struct.shape, layOut(fields, rulesOf(session, declaration, struct.union)));
  checkSize(session, declaration.name ?? declaration, struct);
  return struct;
}

/** `SpinLock` and its like: BTF has to name them as the kernel does. */
const kernelObjectName = (session: Session, symbol: ts.Symbol): string | null =>
  session.stdlibName(symbol) === null ? null : kernelObject(symbol.name);

function contextField(field: FieldDeclaration, { overlays }: UapiStruct): FieldDeclaration {
  const overlay = overlays[field.name];
  const placed = overlay === undefined ? tracked(field) : { ...tracked(field), overlay };
  return isPacketField(field) ? { ...placed, type: packetPointer } : placed;
}

/** What a context leads to, the verifier knows: an iterator's task and its output. */
const tracked = (field: FieldDeclaration): FieldDeclaration =>
  field.type.kind === "ptr" ? { ...field, type: { ...field.type, space: "direct" } } : field;

/** In the contexts of packets these are 32 bits wide; sk_msg_md and sk_reuseport_md have real pointers. */
const isPacketField = ({ name, type }: FieldDeclaration): boolean =>
  /^data(_end|_meta)?$/.test(name) && type.kind === "int" && type.bits === 32;

function fieldOf(
  session: Session,
  member: ts.PropertyDeclaration | ts.PropertySignature,
  annotation: ts.TypeNode | undefined,
  env: TypeEnv,
): FieldDeclaration {
  const name = ts.isPrivateIdentifier(member.name) ? member.name.text.slice(1) : member.name.getText();
  if (!annotation) {
    session.report(member.name, TSB.typeNotSupported("a field without a type"));
    return { name, type: errorType, width: null };
  }
  const type = resolveStored(session, annotation, env);
  return { name, type, width: bitWidth(session, annotation, type) };
}

function bitWidth(session: Session, node: ts.TypeNode, unit: Type): number | null {
  if (!ts.isTypeReferenceNode(node)) return null;
  const symbol = session.symbolOf(node.typeName);
  const width = node.typeArguments?.[1];
  if (!symbol || !width || session.stdlibName(symbol) !== "bits") return null;
  return checkWidth(session, width, lengthOf(session, width, noTypes), unit);
}

function rulesOf(session: Session, declaration: ts.ClassDeclaration, union: boolean): LayoutRules {
  return {
    union,
    packed: hasDecorator(session, declaration, "packed"),
    align: checkAlignment(session, decoratorCall(session, declaration, "align")?.arguments[0]),
  };
}

/** An interface: the kernel's struct of that name, or a context of the standard library. */
export function interfaceStruct(
  session: Session,
  declaration: ts.InterfaceDeclaration,
  env: TypeEnv,
): StructType {
  const key = `${session.idOf(declaration)}`;
  const known = session.structs.get(key);
  if (known) return known;
  const source = declaration.getSourceFile().fileName;
  const context = session.modules.isStdlib(source) ? contextStruct(declaration.name.text) : null;
  const kernel = session.modules.isKernel(source) || isFlavour(declaration.name.text);
  const origin: StructOrigin = context ? "context" : kernel ? "kernel" : "local";
  const name = context?.struct ?? kernelName(declaration.name.text);
  const struct: StructType = {
    kind: "struct",
    name,
    union: origin === "kernel" && isMarkedUnion(declaration),
    origin,
    shape: { fields: [], size: 0, align: 1 },
    loc: session.locate(declaration.name),
    event: null,
  };
  session.structs.set(key, struct);
  const fields = declaration.members
    .filter(ts.isPropertySignature)
    .map((m) => memberOf(session, m, struct, env));
  Object.assign(struct.shape, layOut(fields, { union: struct.union, packed: false, align: 1 }));
  return struct;
}

/** `tsbpfc vmlinux` writes `@union` in front of one: CO-RE matches a root by its kind as well as by its name. */
function isMarkedUnion(declaration: ts.InterfaceDeclaration): boolean {
  const source = declaration.getSourceFile();
  return source.text.slice(declaration.getFullStart(), declaration.getStart(source)).includes("@union");
}

/** A member of a kernel struct: `f: T` of another kernel struct is a pointer or embedded; BTF knows which. */
function memberOf(
  session: Session,
  member: ts.PropertySignature,
  owner: StructType,
  env: TypeEnv,
): FieldDeclaration {
  const field = fieldOf(session, member, member.type, env);
  if (owner.origin !== "kernel") return field;
  const name = kernelName(field.name);
  const { type } = field;
  if (type.kind !== "struct" || type.origin !== "kernel" || type.name === "") return { ...field, name };
  if (type === owner) return { ...field, name, type: pointerTo(type, "probe") };
  const kind =
    session.kernel.memberKind(withoutFlavour(owner.name), name) ??
    (member.getSourceFile().text.startsWith(WRITTEN) ? "embedded" : null);
  if (kind === null) {
    session.report(member, TSB.embeddedOrPointer(owner.name, name));
    return { ...field, name, type: errorType };
  }
  return { ...field, name, type: kind === "pointer" ? pointerTo(type, "probe") : type };
}

export function anonymousStruct(session: Session, node: ts.TypeLiteralNode, env: TypeEnv): StructType {
  const key = `${session.idOf(node)}`;
  const known = session.structs.get(key);
  if (known) return known;
  const kernel = session.modules.isKernel(node.getSourceFile().fileName);
  const struct: StructType = {
    kind: "struct",
    name: "",
    union: false,
    origin: kernel ? "kernel" : "local",
    shape: { fields: [], size: 0, align: 1 },
    loc: session.locate(node),
    event: null,
  };
  session.structs.set(key, struct);
  const fields = node.members.filter(ts.isPropertySignature).map((m) => memberOf(session, m, struct, env));
  Object.assign(struct.shape, layOut(fields, { union: false, packed: false, align: 1 }));
  return struct;
}
