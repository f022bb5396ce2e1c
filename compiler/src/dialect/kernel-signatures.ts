import { ts } from "ts-morph";
import type { ExternParameter } from "./model/model.js";
import { integers, isAggregate, pointerTo, type Type, voidType } from "./model/types.js";
import type { Session } from "./session.js";
import { resolveType, type TypeEnv } from "./types/resolve.js";

/** What a function of the kernel is declared with. */
export interface Declared {
  readonly params: readonly ExternParameter[];
  readonly returns: Type;
}

/**
 * The signature that BTF gets, which the loader holds against the kernel's: structs and texts by address, `void *` for
 * `object` and for what a type parameter without a default leaves open.
 */
export function declaredSignature(session: Session, node: ts.SignatureDeclaration): Declared {
  const env = openTypes(session, node);
  return {
    params: node.parameters.map((p) => ({
      name: p.name.getText(),
      type: p.type ? passedType(session, p.type, env) : voidType,
      ...(p.type && isText(p.type) ? { text: true } : {}),
    })),
    returns: node.type ? resultType(session, node.type, env) : voidType,
  };
}

/** What type parameters stand for in BTF: their defaults, else nothing that is known. */
function openTypes(session: Session, node: ts.SignatureDeclaration): TypeEnv {
  const env = new Map<ts.Symbol, Type>();
  for (const { name, default: type } of node.typeParameters ?? []) {
    const symbol = session.symbolOf(name);
    if (symbol) env.set(symbol, type ? resolveType(session, type, env) : voidType);
  }
  return env;
}

function passedType(session: Session, node: ts.TypeNode, env: TypeEnv): Type {
  const [inner = node] = parts(node);
  if (inner.kind === ts.SyntaxKind.ObjectKeyword) return pointerTo(voidType);
  if (inner.kind === ts.SyntaxKind.StringKeyword) return pointerTo(integers.i8);
  const type = resolveType(session, inner, env);
  const held = isAggregate(type) || type.kind === "void" ? pointerTo(type) : type;
  return held.kind === "ptr" && admitsNull(node) ? { ...held, nullable: true } : held;
}

/** The verifier keeps track of what a kernel function gives: it is read directly. */
export function resultType(session: Session, node: ts.TypeNode, env: TypeEnv): Type {
  if (node.kind === ts.SyntaxKind.VoidKeyword) return voidType;
  const held = passedType(session, node, env);
  return held.kind === "ptr" ? { ...held, space: "direct" } : held;
}

const isText = (node: ts.TypeNode): boolean =>
  parts(node).some(({ kind }) => kind === ts.SyntaxKind.StringKeyword);

/** The members of a union, without null. */
export const parts = (node: ts.TypeNode): ts.TypeNode[] => {
  if (ts.isParenthesizedTypeNode(node)) return parts(node.type);
  return ts.isUnionTypeNode(node) ? node.types.flatMap(parts).filter((t) => !isNull(t)) : [node];
};

const isNull = (node: ts.TypeNode): boolean =>
  ts.isLiteralTypeNode(node) && node.literal.kind === ts.SyntaxKind.NullKeyword;

export const admitsNull = (node: ts.TypeNode): boolean => ts.isUnionTypeNode(node) && node.types.some(isNull);
