import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { evaluate } from "../constants.js";
import {
  boolType,
  errorType,
  integers,
  isAggregate,
  type KptrTag,
  type MapRefType,
  memberwise,
  pointerTo,
  type Type,
  voidType,
} from "../model/types.js";
import type { Session } from "../session.js";
import { checkLength, checkSize } from "../sizes.js";
import { type FixedValue, type MapClass, mapClass } from "../stdlib-tables.js";
import { tracepointContext } from "../tracepoints.js";
import { enumOf } from "./enums.js";
import { graphRoot } from "./graphs.js";
import { anonymousStruct, interfaceStruct, structOf } from "./structs.js";

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
  if (ts.isTypeReferenceNode(node)) return session.usedBy(node, () => resolveReference(session, node, env));
  if (ts.isUnionTypeNode(node)) return resolveUnion(session, node, env);
  if (ts.isTypeLiteralNode(node)) return anonymousStruct(session, node, env);
  if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.ReadonlyKeyword)
    return resolveType(session, node.type, env);
  session.report(node, TSB.typeNotSupported(node.getText()));
  return errorType;
}

/** The annotation of what takes memory: a field, an element. `void` has no size. */
export function resolveStored(session: Session, node: ts.TypeNode, env: TypeEnv): Type {
  const type = resolveType(session, node, env);
  return type.kind === "void" ? unsupported(session, node) : type;
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
          element: resolveStored(session, element, env),
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
  kptr: kptrField("kptr"),
  untrustedKptr: kptrField("kptr_untrusted"),
  percpuKptr: kptrField("percpu_kptr"),
  PerCpuObject: (session, node, [to], env) =>
    to ? pointerTo(resolveType(session, to, env)) : unsupported(session, node),
  ListHead: (session, node, args, env) => graphRoot(session, node, args, env, "ListNode"),
  RbRoot: (session, node, args, env) => graphRoot(session, node, args, env, "RbNode"),
  arena: (session, node, [to], env) =>
    to ? pointerTo(resolveType(session, to, env), "arena") : unsupported(session, node),
  Tracepoint: (session, node, [name]) => tracepointContext(session, node, name),
  bits: (session, node, [unit], env) => (unit ? resolveType(session, unit, env) : unsupported(session, node)),
};

/** A pointer in a map's value that the kernel looks after. What it leads to, the verifier knows. */
function kptrField(tag: KptrTag): Builtin {
  return (session, node, [to], env) => {
    if (!to) return unsupported(session, node);
    const target = resolveType(session, to, env);
    if (target.kind !== "struct") return target.kind === "error" ? target : unsupported(session, node);
    return {
      ...pointerTo(target.origin === "local" ? memberwise(target) : target, "direct", true),
      kptr: tag,
    };
  };
}

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
    if (types.some((held) => held.kind === "void")) return unsupported(session, node);
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
