import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { evaluate } from "./constants.js";
import { withFormer } from "./former-functions.js";
import { admitsNull, declaredSignature, parts } from "./kernel-signatures.js";
import type { ExternFunction, ExternVariable } from "./model/model.js";
import { isAggregate, typeName, voidType } from "./model/types.js";
import type { Session } from "./session.js";
import { kfuncNamed } from "./stdlib-tables.js";
import { noTypes, resolveType } from "./types/resolve.js";

/**
 * What the kernel provides by name: values of its configuration (@kconfig), its variables (`declare const`) and its
 * functions (`declare function`). Only those that the code uses become part of the object.
 */
export class Externs {
  readonly #options = new Map<ts.Symbol, ExternVariable>();
  readonly #variables = new Map<ts.Symbol, ExternVariable | null>();
  readonly #functions = new Map<ts.Symbol, ExternFunction | null>();
  readonly #refused = new Set<ts.Symbol>();
  readonly #used = new Map<string, ExternVariable | ExternFunction>();

  constructor(readonly session: Session) {}

  get used(): readonly (ExternVariable | ExternFunction)[] {
    return [...this.#used.values()];
  }

  /** A field with @kconfig; null if its declaration was refused. */
  addOption(symbol: ts.Symbol, option: ExternVariable | null): void {
    if (option) this.#options.set(symbol, option);
    else this.#refused.add(symbol);
  }

  /** Was what is wrong with the declaration said already? */
  isRefused(symbol: ts.Symbol): boolean {
    return this.#refused.has(symbol);
  }

  option(symbol: ts.Symbol): ExternVariable | null {
    const option = this.#options.get(symbol);
    return option ? this.#use(option) : null;
  }

  /** The kernel's variable that a `declare const` names; null if it is none. */
  variable(symbol: ts.Symbol): ExternVariable | null {
    if (!this.#variables.has(symbol)) this.#variables.set(symbol, this.#readVariable(symbol));
    const variable = this.#variables.get(symbol);
    return variable ? this.#use(variable) : null;
  }

  /** The kernel's function that a `declare function`, or a `declare const` of a function's type, names. */
  kernelFunction(symbol: ts.Symbol): ExternFunction | null {
    if (!this.#functions.has(symbol)) this.#functions.set(symbol, this.#readFunction(symbol));
    const found = this.#functions.get(symbol);
    return found ? this.#use(found) : null;
  }

  /** A function of the kernel that the language itself needs. */
  needed(extern: ExternFunction): ExternFunction {
    return this.#use(extern);
  }

  /** One extern for each name, in the order of first use. */
  #use<E extends ExternVariable | ExternFunction>(extern: E): E {
    const known = this.#used.get(extern.name);
    if (!known) {
      this.#used.set(extern.name, extern);
      if (extern.kind === "kfunc" && extern.former) this.#used.set(extern.former.name, extern.former);
    }
    return known && known.kind === extern.kind ? (known as E) : extern;
  }

  #readVariable(symbol: ts.Symbol): ExternVariable | null {
    const { session } = this;
    const declaration = symbol.valueDeclaration;
    if (!declaration || !ts.isVariableDeclaration(declaration) || !isAmbient(session, declaration))
      return null;
    const { type: annotation } = declaration;
    if (!annotation || functionType(annotation)) return null;
    const weak = admitsNull(annotation);
    const [inner] = parts(annotation);
    const untyped = inner?.kind === ts.SyntaxKind.ObjectKeyword;
    const type = untyped ? voidType : resolveType(session, inner ?? annotation, noTypes);
    if (weak && type.kind !== "error" && !untyped && !isAggregate(type))
      session.report(annotation, TSB.weakScalar(typeName(type)));
    else if (type.kind !== "error")
      return { kind: "ksym", name: symbol.name, type, weak, loc: session.locate(declaration.name) };
    this.#refused.add(symbol);
    return null;
  }

  #readFunction(symbol: ts.Symbol): ExternFunction | null {
    const found = this.#signature(symbol);
    if (found === "refused") this.#refused.add(symbol);
    return found === "refused" ? null : found;
  }

  #signature(symbol: ts.Symbol): ExternFunction | "refused" | null {
    const { session } = this;
    const declaration = symbol.valueDeclaration;
    const signature = declaration && signatureOf(session, declaration);
    if (!declaration || !signature) return null;
    const { node, weak } = signature;
    const { params, returns } = declaredSignature(session, node);
    if (params.length > 5) {
      session.report(declaration, TSB.tooManyArguments(symbol.name));
      return "refused";
    }
    if ([returns, ...params.map((p) => p.type)].some((t) => t.kind === "error")) return "refused";
    const loc = session.locate(declaration);
    const found: ExternFunction = { kind: "kfunc", name: symbol.name, params, returns, weak, loc };
    // A probe's own declaration is of the kernels that it is for.
    return session.modules.isStdlib(declaration.getSourceFile().fileName)
      ? withFormer(session.target, found)
      : found;
  }
}

/** A `declare` of code. The standard library's declarations are of what the compiler knows. */
function isAmbient(session: Session, node: ts.VariableDeclaration): boolean {
  const statement = node.parent.parent;
  const file = node.getSourceFile();
  return (
    !(file.isDeclarationFile && session.modules.isStdlib(file.fileName)) &&
    node.initializer === undefined &&
    ts.isVariableStatement(statement) &&
    statement.modifiers?.some((m) => m.kind === ts.SyntaxKind.DeclareKeyword) === true &&
    evaluate(session, node.name as ts.Identifier) === null
  );
}

function signatureOf(
  session: Session,
  declaration: ts.Declaration,
): { node: ts.SignatureDeclaration; weak: boolean } | null {
  if (ts.isFunctionDeclaration(declaration))
    return declaration.body ||
      !isDeclared(declaration) ||
      (session.modules.isStdlib(declaration.getSourceFile().fileName) && !isKernels(declaration))
      ? null
      : { node: declaration, weak: false };
  if (!ts.isVariableDeclaration(declaration) || !isAmbient(session, declaration) || !declaration.type)
    return null;
  const node = functionType(declaration.type);
  return node ? { node, weak: admitsNull(declaration.type) } : null;
}

/** The standard library declares helpers and what the compiler knows too. */
const isKernels = ({ name }: ts.FunctionDeclaration): boolean =>
  name !== undefined && kfuncNamed(name.text) !== null;

/** Without `declare`, what has no body is a signature of an overload, which is refused. */
const isDeclared = (node: ts.FunctionDeclaration): boolean =>
  node.getSourceFile().isDeclarationFile ||
  node.modifiers?.some((m) => m.kind === ts.SyntaxKind.DeclareKeyword) === true;

const functionType = (node: ts.TypeNode): ts.FunctionTypeNode | null =>
  parts(node).find(ts.isFunctionTypeNode) ?? null;
