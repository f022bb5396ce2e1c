import { ts } from "ts-morph";
import { isInteger, type Type } from "../model/types.js";
import { rangeOfType } from "../ranges.js";
import type { Session } from "../session.js";
import type { TypeEnv } from "./resolve.js";

/** What a call's type parameters stand for, as far as it is known. */
export interface Bindings {
  readonly types: Map<ts.Symbol, Type>;
  /** Bound by the call's own type arguments: nothing widens these. */
  readonly written: ReadonlySet<ts.Symbol>;
}

/**
 * Binds the type parameters in `annotation`, so that it describes `type`: from `array<T, N>` and a value of
 * `array<u32, 8>`, T is u32 and N is 8. An integer parameter is as wide as the widest argument.
 */
export function inferTypes(session: Session, annotation: ts.TypeNode, type: Type, bindings: Bindings): void {
  if (ts.isUnionTypeNode(annotation)) {
    for (const one of annotation.types) inferTypes(session, one, type, bindings);
    return;
  }
  if (!ts.isTypeReferenceNode(annotation)) return;
  const symbol = session.symbolOf(annotation.typeName);
  if (!symbol) return;
  if (symbol.flags & ts.SymbolFlags.TypeParameter) {
    // A class is held by reference, and means the class.
    const found = type.kind === "ptr" ? type.to : type;
    const known = bindings.types.get(symbol);
    if (!known || (!bindings.written.has(symbol) && holds(found, known))) bindings.types.set(symbol, found);
    return;
  }
  const args = annotation.typeArguments ?? [];
  const target = type.kind === "ptr" ? type.to : type;
  const parts = partsOf(session, session.stdlibName(symbol), type, target);
  args.forEach((argument, i) => {
    const part = parts[i];
    if (part) inferTypes(session, argument, part, bindings);
  });
}

const holds = (wide: Type, narrow: Type): boolean => {
  if (!isInteger(wide) || !isInteger(narrow)) return false;
  const [outer, inner] = [rangeOfType(wide), rangeOfType(narrow)];
  return outer.min <= inner.min && outer.max >= inner.max;
};

/** What the type arguments of a value's type are. */
function partsOf(
  session: Session,
  builtin: string | null,
  type: Type,
  target: Type,
): readonly (Type | null)[] {
  const constant = (length: number): Type => ({ kind: "constant", value: BigInt(length) });
  if (builtin === "ptr" || builtin === "ref" || builtin === "user" || builtin === "arena")
    return type.kind === "ptr" ? [type.to] : [];
  switch (target.kind) {
    case "array":
      return [target.element, constant(target.length)];
    case "str":
      return [constant(target.length)];
    case "struct":
      return session.structArguments.get(target.shape) ?? [];
    case "map":
      return target.key ? [target.key, target.value] : [target.value];
    default:
      return [];
  }
}

/** Whether an annotation mentions a type parameter that nothing binds yet. */
export function isOpen(session: Session, annotation: ts.Node, types: TypeEnv): boolean {
  if (ts.isIdentifier(annotation)) {
    const symbol = session.symbolOf(annotation);
    return symbol !== null && (symbol.flags & ts.SymbolFlags.TypeParameter) !== 0 && !types.has(symbol);
  }
  return ts.forEachChild(annotation, (child) => isOpen(session, child, types)) ?? false;
}
