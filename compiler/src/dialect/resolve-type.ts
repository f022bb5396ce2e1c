import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { kernelName } from "../frontend/vmlinux/names.js";
import { evaluate } from "./constants.js";
import { type FieldDeclaration, type LayoutRules, layOut } from "./model/layout.js";
import {
  boolType,
  type EnumType,
  errorType,
  integers,
  isAggregate,
  type MapRefType,
  packetPointer,
  pointerTo,
  type StructOrigin,
  type StructType,
  type Type,
  voidType,
} from "./model/types.js";
import type { Session } from "./session.js";
import { checkAlignment, checkLength, checkSize, checkWidth } from "./sizes.js";
import {
  contextStruct,
  type FixedValue,
  kernelObject,
  type MapClass,
  mapClass,
  type UapiStruct,
} from "./stdlib-tables.js";
import { tracepointContext } from "./tracepoints.js";

/** What type parameters stand for in the use that is being compiled. */
export type TypeEnv = ReadonlyMap<ts.Symbol, Type>;
export const noTypes: TypeEnv = new Map();

/** A type annotation, as the dialect's type. Reports what cannot be in a program and gives `error` for it. */
export function resolveType(session: Session, node: ts.TypeNode, env: TypeEnv): Type {
  switch (node.kind) {
    case ts.SyntaxKind.BooleanKeyword:
      return boolType;
    case ts.SyntaxKind.VoidKeyword:
      return voidType;
    case ts.SyntaxKind.AnyKeyword:
      session.report(node, TSB.anyType());
      return errorType;
    case ts.SyntaxKind.NumberKeyword:
      session.report(node, TSB.plainNumber());
      return errorType;
  }
  if (ts.isParenthesizedTypeNode(node)) return resolveType(session, node.type, env);
  if (ts.isTypeReferenceNode(node)) return resolveReference(session, node, env);
  if (ts.isUnionTypeNode(node)) return resolveUnion(session, node, env);
  if (ts.isTypeLiteralNode(node)) return anonymousStruct(session, node, env);
  if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.ReadonlyKeyword)
    return resolveType(session, node.type, env);
  session.report(node, TSB.typeNotSupported(node.getText()));
  return errorType;
}

/** `T | null` of a pointer; every other union has no layout. */
function resolveUnion(session: Session, node: ts.UnionTypeNode, env: TypeEnv): Type {
  const rest = node.types.filter((t) => !isNull(t));
  const [only] = rest;
  if (rest.length === 1 && only && rest.length < node.types.length) {
    const type = resolveType(session, only, env);
    if (type.kind === "ptr") return { ...type, nullable: true };
    if (type.kind === "map") return pointerTo(type, "direct", true);
    if (isAggregate(type))
      return pointerTo(type, type.kind === "struct" && type.origin === "kernel" ? "probe" : "direct", true);
    if (type.kind === "error") return type;
  }
  session.report(node, TSB.typeNotSupported(node.getText()));
  return errorType;
}

const isNull = (node: ts.TypeNode): boolean =>
  ts.isLiteralTypeNode(node) && node.literal.kind === ts.SyntaxKind.NullKeyword;

function resolveReference(session: Session, node: ts.TypeReferenceNode, env: TypeEnv): Type {
  const symbol = session.symbolOf(node.typeName);
  if (!symbol) return errorType; // the checker reports it
  const args = node.typeArguments ?? [];
  const builtin = session.stdlibName(symbol);
  if (builtin !== null) {
    const type = resolveBuiltin(session, node, builtin, args, env);
    if (type) return type;
  }
  const bound = env.get(symbol);
  if (bound) return bound;
  const declaration = symbol.declarations?.[0];
  if (!declaration) return errorType;
  if (ts.isClassDeclaration(declaration))
    return structOf(session, declaration, [...bindTypes(session, declaration, args, env).values()]);
  if (ts.isInterfaceDeclaration(declaration)) return interfaceStruct(session, declaration, env);
  if (ts.isEnumDeclaration(declaration)) return enumOf(session, symbol, declaration);
  if (ts.isTypeAliasDeclaration(declaration)) {
    const inner = new Map([...env, ...bindTypes(session, declaration, args, env)]);
    return resolveType(session, declaration.type, inner);
  }
  session.report(node, TSB.typeNotSupported(node.getText()));
  return errorType;
}

/** What each type parameter of a declaration stands for: the argument that is written, else its default. */
export function bindTypes(
  session: Session,
  declaration: { readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> | undefined },
  args: readonly ts.TypeNode[],
  env: TypeEnv,
): Map<ts.Symbol, Type> {
  const bound = new Map<ts.Symbol, Type>();
  declaration.typeParameters?.forEach((parameter, i) => {
    const symbol = session.symbolOf(parameter.name);
    const written = args[i];
    if (symbol && written) bound.set(symbol, resolveArgument(session, written, env));
    else if (symbol && parameter.default && parameter.default.kind !== ts.SyntaxKind.AnyKeyword)
      bound.set(symbol, resolveArgument(session, parameter.default, new Map([...env, ...bound])));
  });
  return bound;
}

/** A type argument: a type, or a number. */
function resolveArgument(session: Session, node: ts.TypeNode, env: TypeEnv): Type {
  const number = ts.isLiteralTypeNode(node) && ts.isNumericLiteral(node.literal);
  return number || ts.isTypeQueryNode(node)
    ? { kind: "constant", value: BigInt(lengthOf(session, node, env)) }
    : resolveType(session, node, env);
}

type Builtin = (
  session: Session,
  node: ts.TypeReferenceNode,
  args: readonly ts.TypeNode[],
  env: TypeEnv,
) => Type;

/** Type names of the standard library that are not classes or enums written out there. */
const builtins: Readonly<Record<string, Builtin>> = {
  array: (session, node, [element, length], env) =>
    element && length
      ? checkSize(session, node, {
          kind: "array",
          element: resolveType(session, element, env),
          length: lengthOf(session, length, env),
        })
      : unsupported(session, node),
  str: (session, node, [length], env) =>
    length ? { kind: "str", length: lengthOf(session, length, env) } : unsupported(session, node),
  ptr: (session, node, [to], env) => {
    if (!to) return unsupported(session, node);
    const target = resolveType(session, to, env);
    // ptr<T | null> of a pointer and ptr<struct> alike: one level of pointer.
    return pointerTo(target, target.kind === "struct" && target.origin === "kernel" ? "probe" : "direct");
  },
  ref: (session, node, [to], env) =>
    to ? pointerTo(resolveType(session, to, env)) : unsupported(session, node),
  user: (session, node, [to], env) =>
    to ? pointerTo(userTarget(resolveType(session, to, env)), "user") : unsupported(session, node),
  Tracepoint: (session, node, [name]) => tracepointContext(session, node, name),
  bits: (session, node, [unit], env) => (unit ? resolveType(session, unit, env) : unsupported(session, node)),
};

/** A pointer that lies in user memory leads to user memory too. */
function userTarget(type: Type): Type {
  return type.kind === "ptr" ? { ...type, space: "user", to: userTarget(type.to) } : type;
}

function resolveBuiltin(
  session: Session,
  node: ts.TypeReferenceNode,
  name: string,
  args: readonly ts.TypeNode[],
  env: TypeEnv,
): Type | null {
  const integer = Object.hasOwn(integers, name) ? integers[name as keyof typeof integers] : null;
  if (integer) return integer;
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  if (builtin) return builtin(session, node, args, env);
  const map = mapClass(name);
  if (map) {
    const declaration = session.symbolOf(node.typeName)?.declarations?.find(ts.isClassDeclaration);
    const types = declaration ? [...bindTypes(session, declaration, args, env).values()] : [];
    const type: MapRefType = {
      kind: "map",
      className: name,
      mapKind: map.kind,
      key: map.key === "argument" ? (types[0] ?? null) : fixedKeys[map.key],
      value: mapValue(map, types),
    };
    return type;
  }
  return null;
}

const fixedValues: Readonly<Record<FixedValue, Type>> = {
  u32: integers.u32,
  u64: integers.u64,
  "u64[127]": { kind: "array", element: integers.u64, length: 127 },
};

const fixedKeys: Readonly<Record<Exclude<MapClass["key"], "argument">, Type | null>> = {
  index: integers.u32,
  cgroup: integers.u64,
  none: null,
};

function mapValue({ value }: MapClass, args: readonly Type[]): Type | null {
  if (value.kind === "none") return null;
  return value.kind === "fixed" ? fixedValues[value.type] : (args[value.argument] ?? null);
}

function unsupported(session: Session, node: ts.TypeNode): Type {
  session.report(node, TSB.typeNotSupported(node.getText()));
  return errorType;
}

/** The N of `str<N>`: a literal, `typeof CONSTANT`, or a type parameter. */
export function lengthOf(session: Session, node: ts.TypeNode, env: TypeEnv): number {
  const symbol = ts.isTypeReferenceNode(node) ? session.symbolOf(node.typeName) : null;
  const bound = symbol && env.get(symbol);
  if (bound?.kind === "constant") return Number(bound.value);
  const expression = ts.isLiteralTypeNode(node)
    ? node.literal
    : ts.isTypeQueryNode(node)
      ? node.exprName
      : null;
  const value = expression ? evaluate(session, expression) : null;
  return checkLength(session, node, value);
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
    syscallArguments: [],
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
  const type = resolveType(session, annotation, env);
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

/** The call of a standard-library decorator such as `@align(8)`. */
export function decoratorCall(
  session: Session,
  node: ts.HasDecorators,
  name: string,
): ts.CallExpression | null {
  for (const { expression } of ts.getDecorators(node) ?? []) {
    if (!ts.isCallExpression(expression)) continue;
    const symbol = session.symbolOf(expression.expression);
    if (symbol && session.stdlibName(symbol) === name) return expression;
  }
  return null;
}

export function hasDecorator(session: Session, node: ts.HasDecorators, name: string): boolean {
  return (ts.getDecorators(node) ?? []).some(({ expression }) => {
    const symbol = session.symbolOf(ts.isCallExpression(expression) ? expression.expression : expression);
    return symbol !== null && session.stdlibName(symbol) === name;
  });
}

/** An interface: the kernel's struct of that name, or a context of the standard library. */
function interfaceStruct(session: Session, declaration: ts.InterfaceDeclaration, env: TypeEnv): StructType {
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
    syscallArguments: [],
  };
  session.structs.set(key, struct);
  const fields = declaration.members
    .filter(ts.isPropertySignature)
    .map((m) => memberOf(session, m, struct, env));
  Object.assign(struct.shape, layOut(fields, { union: struct.union, packed: false, align: 1 }));
  return struct;
}

/** `task_struct___old`: a description of the kernel's `task_struct` of one's own, as in libbpf. */
const isFlavour = (name: string): boolean => /.___./.test(name);
const withoutFlavour = (name: string): string => name.replace(/___.*$/, "");

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
  const kind = session.kernel.memberKind(withoutFlavour(owner.name), name);
  if (kind === null) {
    session.report(member, TSB.embeddedOrPointer(owner.name, name));
    return { ...field, name, type: errorType };
  }
  return { ...field, name, type: kind === "pointer" ? pointerTo(type, "probe") : type };
}

function anonymousStruct(session: Session, node: ts.TypeLiteralNode, env: TypeEnv): StructType {
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
    syscallArguments: [],
  };
  session.structs.set(key, struct);
  const fields = node.members.filter(ts.isPropertySignature).map((m) => memberOf(session, m, struct, env));
  Object.assign(struct.shape, layOut(fields, { union: false, packed: false, align: 1 }));
  return struct;
}

export function enumOf(session: Session, symbol: ts.Symbol, declaration: ts.EnumDeclaration): EnumType {
  const known = session.enums.get(symbol);
  if (known) return known;
  const members: { name: string; value: bigint }[] = [];
  let next = 0n;
  for (const member of declaration.members) {
    const value = member.initializer ? evaluate(session, member.initializer) : next;
    if (value === null) session.report(member, TSB.enumNotConstant(member.name.getText()));
    members.push({ name: member.name.getText(), value: value ?? 0n });
    next = (value ?? 0n) + 1n;
  }
  const signed = members.some((m) => m.value < 0n);
  const wide = members.some(
    (m) => m.value > (signed ? 0x7fff_ffffn : 0xffff_ffffn) || m.value < -0x8000_0000n,
  );
  const type: EnumType = {
    kind: "enum",
    name: declaration.name.text,
    bits: wide ? 64 : 32,
    signed,
    members,
    kernel:
      session.modules.isKernel(declaration.getSourceFile().fileName) || isFlavour(declaration.name.text),
  };
  session.enums.set(symbol, type);
  return type;
}

/** A key that is equal for equal types. */
export function typeKey(session: Session, type: Type): string {
  switch (type.kind) {
    case "int":
      return `${type.bigEndian ? "be" : type.signed ? "i" : "u"}${type.bits}`;
    case "struct":
    case "enum":
      return `#${session.idOf(type.kind === "struct" ? type.shape : type)}`;
    case "array":
      return `${typeKey(session, type.element)}[${type.length}]`;
    case "str":
      return `str${type.length}`;
    case "ptr":
      return `*${type.space}${type.nullable ? "?" : ""}${typeKey(session, type.to)}`;
    case "constant":
      return `=${type.value}`;
    case "map":
      return `${type.className}(${type.key ? typeKey(session, type.key) : ""},${type.value ? typeKey(session, type.value) : ""})`;
    default:
      return type.kind;
  }
}

/** Part of a C name for a type argument: `Pair<u32, u64>` is `Pair_u32_u64`. */
function argumentName(type: Type): string {
  switch (type.kind) {
    case "struct":
    case "enum":
      return type.name;
    case "array":
      return `${argumentName(type.element)}_${type.length}`;
    case "str":
      return `str${type.length}`;
    case "ptr":
      return `ptr_${argumentName(type.to)}`;
    case "int":
      return `${type.bigEndian ? "be" : type.signed ? "i" : "u"}${type.bits}`;
    case "constant":
      return `${type.value}`;
    default:
      return type.kind;
  }
}

/** The kernel and C accept only letters, digits and underscores in BTF names. */
export const cName = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, "_");
