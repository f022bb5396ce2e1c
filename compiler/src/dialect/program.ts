import { argumentSource } from "@tsbpfc/stdlib/tables";
import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { heldType, readVariable } from "./build.js";
import { coerce } from "./coerce.js";
import { checkExpression } from "./expressions/index.js";
import { Externs } from "./externs.js";
import { standsAlone } from "./global-functions.js";
import { initialBytes } from "./globals.js";
import type { Expr, Variable } from "./model/expressions.js";
import type { Func, GlobalModel, MapModel } from "./model/model.js";
import type { Statement } from "./model/statements.js";
import { errorType, type Type, voidType } from "./model/types.js";
import { bind } from "./patterns.js";
import { checkParameters, MOST_PARAMETERS, typedArguments } from "./program-arguments.js";
import { Scope } from "./scope.js";
import type { Session } from "./session.js";
import { checkBody } from "./statements/index.js";
import { hasDecorator } from "./types/decorators.js";
import { type Bindings, inferTypes, isOpen } from "./types/infer.js";
import { cName, typeKey } from "./types/names.js";
import { bindTypes, noTypes, resolveStored, resolveType, type TypeEnv } from "./types/resolve.js";
import { isUnchanged } from "./unchanged.js";

type FunctionNode = ts.FunctionDeclaration | ts.MethodDeclaration | ts.ConstructorDeclaration;

/** The program class while it is checked: its members, and every function that its programs reach. */
export class Program {
  readonly functions: Func[] = [];
  readonly #maps = new Map<ts.Symbol, MapModel>();
  /** Maps that the source does not declare, by name. */
  readonly #ownMaps = new Map<string, MapModel>();
  readonly #constants = new Map<ts.VariableDeclaration, GlobalModel>();
  readonly #globals = new Map<ts.Symbol, GlobalModel>();
  readonly #instances = new Map<string, Func>();
  readonly #unfinished = new Set<Func>();
  readonly #names = new Set<string>();

  readonly externs: Externs;

  constructor(
    readonly session: Session,
    readonly license: string,
  ) {
    this.externs = new Externs(session);
  }

  addMap(symbol: ts.Symbol, map: MapModel): void {
    this.#maps.set(symbol, map);
    this.#names.add(map.name);
  }

  /** A map that the source does not declare, of a name that loaders know; made once. */
  ownMap(name: string, define: () => MapModel): MapModel {
    const known = this.#ownMaps.get(name) ?? define();
    this.#ownMaps.set(name, known);
    this.#names.add(name);
    return known;
  }

  addGlobal(symbol: ts.Symbol, global: GlobalModel): void {
    this.#globals.set(symbol, global);
    this.#names.add(global.name);
  }

  mapOf(symbol: ts.Symbol | null): MapModel | null {
    return (symbol && this.#maps.get(symbol)) ?? null;
  }

  /** An array or an object that a module's `const` names. */
  constant(declaration: ts.VariableDeclaration, type: Type): GlobalModel {
    const known = this.#constants.get(declaration);
    if (known) return known;
    const made: GlobalModel = {
      name: this.uniqueName(cName(declaration.name.getText())),
      type,
      loc: this.session.locate(declaration.name),
      constant: true,
      inArena: false,
      initial: initialBytes(this.session, type, declaration.initializer),
    };
    this.#constants.set(declaration, made);
    return made;
  }

  globalOf(symbol: ts.Symbol): GlobalModel | null {
    return this.#globals.get(symbol) ?? null;
  }

  get maps(): MapModel[] {
    return [...this.#maps.values(), ...this.#ownMaps.values()];
  }

  get globals(): GlobalModel[] {
    return [...this.#globals.values(), ...this.#constants.values()];
  }

  /** A method with @SEC: its parameters are the context and the typed arguments, or those of the function it replaces. */
  addProgram(declaration: ts.MethodDeclaration, section: string): void {
    const scope = new Scope(this, noTypes, null, voidType);
    const replaces = argumentSource(section)?.kind === "parameters";
    const params = declaration.parameters.slice(0, replaces ? MOST_PARAMETERS : 1).map((p, i) => {
      const declared = p.type ? resolveStored(this.session, p.type, noTypes) : errorType;
      return parameter(this.session, p, heldType(declared, "direct"), i);
    });
    if (replaces) checkParameters(this.session, declaration, section, params);
    const before = replaces ? [] : typedArguments(scope, declaration, section, params[0]);
    const name = declaration.name.getText();
    this.#names.add(name);
    const head = { name, linkage: "program", section, inline: false, params } as const;
    this.#compile(declaration, scope, head, before);
  }

  /** A function of the standard library for these types of parameters, which the source does not call itself. */
  functionFor(declaration: ts.FunctionDeclaration, parameters: readonly Type[], node: ts.Node): Func | null {
    return this.#instance(declaration, false, parameters, noTypes, "static", node);
  }

  /** A call of a module's function, compiled for the types that this call uses. */
  callFunction(scope: Scope, declaration: ts.FunctionDeclaration, node: ts.CallExpression): Expr {
    const exported = declaration.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword) === true;
    return this.#call(
      scope,
      declaration,
      null,
      node.arguments,
      node.typeArguments ?? [],
      node,
      exported ? "global" : "static",
    );
  }

  /** A call of a method: of the program class (`self` null), or of a struct, whose address goes first. */
  callMethod(
    scope: Scope,
    declaration: ts.MethodDeclaration | ts.ConstructorDeclaration,
    self: Expr | null,
    args: readonly ts.Expression[],
    node: ts.CallExpression | ts.NewExpression,
  ): Expr {
    return this.#call(scope, declaration, self, args, node.typeArguments ?? [], node, "static");
  }

  #call(
    scope: Scope,
    declaration: FunctionNode,
    self: Expr | null,
    args: readonly ts.Expression[],
    typeArguments: readonly ts.TypeNode[],
    node: ts.Node,
    linkage: "global" | "static",
  ): Expr {
    const { session } = this;
    const loc = session.locate(node);
    const given = bindTypes(session, typeArguments.length > 0 ? declaration : {}, typeArguments, scope.types);
    const types = new Map([...this.#typesOfSelf(declaration, self), ...given]);
    if (args.length !== declaration.parameters.length) {
      const expected = `${declaration.parameters.length} argument${declaration.parameters.length === 1 ? "" : "s"}`;
      return scope.fail(node, TSB.argumentCount(functionName(declaration), expected, args.length));
    }
    const passed = this.#passed(scope, declaration, args, { types, written: new Set(types.keys()) });
    if (!passed || passed.some(({ type, value }) => type.kind === "error" || value.type.kind === "error"))
      return scope.nothing(node);
    const values = [...(self ? [self] : []), ...passed.map((p) => p.value)];
    const parameters = [...(self ? [self.type] : []), ...passed.map((p) => p.type)];
    const callee = this.#instance(declaration, self !== null, parameters, types, linkage, node);
    if (!callee) return scope.nothing(node);
    return { kind: "call", callee, args: values, type: callee.returns, loc };
  }

  #bindClass(
    scope: Scope,
    type: ts.ConstructorTypeNode,
    given: ts.Expression,
    types: Map<ts.Symbol, Type>,
  ): void {
    const named = ts.isTypeReferenceNode(type.type) ? this.session.symbolOf(type.type.typeName) : null;
    const struct = ts.isIdentifier(given) ? scope.classValue(given) : null;
    if (named && struct) types.set(named, struct);
    else scope.session.report(given, TSB.valueUnused(`'${given.getText()}'`));
  }

  /** Arguments and the types of their parameters, in two rounds: all of them say what type parameters are. */
  #passed(
    scope: Scope,
    declaration: FunctionNode,
    args: readonly ts.Expression[],
    bindings: Bindings,
  ): { readonly type: Type; readonly value: Expr }[] | null {
    const { session } = this;
    const passed: { annotation: ts.TypeNode; given: ts.Expression; value: Expr | null }[] = [];
    for (const [i, declared] of declaration.parameters.entries()) {
      const given = args[i];
      const annotation = declared.type;
      if (!given || !annotation) return null;
      // A class given as a value (`read(EthHdr)`) binds a type parameter, and is nothing at run time.
      if (ts.isConstructorTypeNode(annotation)) this.#bindClass(scope, annotation, given, bindings.types);
      else {
        const open = isOpen(
          session,
          annotation,
          new Map([...bindings.types].filter(([s]) => bindings.written.has(s))),
        );
        const value = open || isUnion(annotation) ? checkExpression(scope, given) : null;
        if (value && open && value.kind !== "int") inferTypes(session, annotation, value.type, bindings);
        passed.push({ annotation, given, value });
      }
    }
    // A number written out takes whatever type the others have.
    for (const { annotation, value } of passed)
      if (value?.kind === "int" && isOpen(session, annotation, bindings.types))
        inferTypes(session, annotation, value.type, bindings);
    for (const [symbol, type] of bindTypes(session, declaration, [], bindings.types))
      if (!bindings.types.has(symbol)) bindings.types.set(symbol, type);
    return passed.map(({ annotation, given, value }) =>
      this.#argument(scope, annotation, given, value, bindings.types),
    );
  }

  /**
   * An argument and its parameter's type. The parameter takes the argument's own type where the declaration leaves
   * it open: unions of contexts, and how a pointer is followed.
   */
  #argument(
    scope: Scope,
    annotation: ts.TypeNode,
    given: ts.Expression,
    checked: Expr | null,
    types: TypeEnv,
  ): { type: Type; value: Expr } {
    if (checked && isUnion(annotation)) return { type: checked.type, value: checked };
    const held = heldType(resolveStored(this.session, annotation, types));
    const computed = checked ?? checkExpression(scope, given, held);
    const asGiven =
      held.kind === "ptr" &&
      held.space === "direct" &&
      computed.type.kind === "ptr" &&
      computed.kind !== "null"
        ? { ...held, space: computed.type.space }
        : held;
    const value = coerce(scope, computed, asGiven, given);
    const space = value.type.kind === "ptr" ? value.type.space : "direct";
    return { type: held.kind === "ptr" ? { ...held, space } : held, value };
  }

  /** What the type parameters of a method's class stand for in the object that it is called on. */
  #typesOfSelf(declaration: FunctionNode, self: Expr | null): TypeEnv {
    const owner = declaration.parent;
    const struct = self?.type.kind === "ptr" && self.type.to.kind === "struct" ? self.type.to : null;
    if (!struct || !ts.isClassDeclaration(owner)) return noTypes;
    const args = this.session.structArguments.get(struct.shape) ?? [];
    return new Map(
      (owner.typeParameters ?? []).flatMap((parameter, i) => {
        const symbol = this.session.symbolOf(parameter.name);
        const type = args[i];
        return symbol && type ? [[symbol, type] as const] : [];
      }),
    );
  }

  #instance(
    declaration: FunctionNode,
    method: boolean,
    parameters: readonly Type[],
    types: TypeEnv,
    linkage: "global" | "static",
    node: ts.Node,
  ): Func | null {
    const { session } = this;
    const key = [
      session.idOf(declaration),
      ...parameters.map((t) => typeKey(session, t)),
      "|",
      ...[...types.values()].map((t) => typeKey(session, t)),
    ].join(" ");
    const known = this.#instances.get(key);
    if (known) {
      if (!this.#unfinished.has(known)) return known;
      session.report(node, TSB.recursion(functionName(declaration)));
      return null;
    }
    const params: Variable[] = [];
    if (method && parameters[0])
      params.push({
        name: "self",
        type: parameters[0],
        loc: session.locate(declaration),
        constant: true,
        parameter: 0,
        copies: [],
      });
    const self = params[0] ?? null;
    for (const declared of declaration.parameters) {
      if (declared.type && ts.isConstructorTypeNode(declared.type)) continue;
      const type = parameters[params.length] ?? errorType;
      params.push(parameter(session, declared, type, params.length));
    }
    // BPF passes arguments in five registers: what has more is compiled where it is called.
    const inline = hasDecoratorOf(session, declaration) || params.length > MOST_PARAMETERS;
    const scope = new Scope(this, types, self, ts.isConstructorDeclaration(declaration) ? voidType : null);
    const name = this.uniqueName(functionName(declaration));
    const head = { name, linkage: inline ? "static" : linkage, section: null, inline, params } as const;
    return session.usedBy(node, () => this.#compile(declaration, scope, head, [], key));
  }

  #compile(
    declaration: FunctionNode,
    scope: Scope,
    head: Pick<Func, "name" | "linkage" | "section" | "inline" | "params">,
    before: readonly Statement[],
    key?: string,
  ): Func {
    if (declaration.type) scope.returns = heldType(resolveType(this.session, declaration.type, scope.types));
    const func: Func = {
      ...head,
      returns: scope.returns ?? voidType,
      loc: this.session.locate(declaration.name ?? declaration),
      body: [],
      closure: null,
      slots: [],
    };
    scope.func = func;
    if (key !== undefined) this.#instances.set(key, func);
    this.#unfinished.add(func);
    const runtime = declaration.parameters.filter((p) => !(p.type && ts.isConstructorTypeNode(p.type)));
    const given = scope.self ? func.params.slice(1) : func.params;
    const parts = runtime.flatMap(({ name }, i) => {
      const variable = given[i];
      if (variable && ts.isIdentifier(name)) scope.declare(name, variable);
      return variable && !ts.isIdentifier(name)
        ? bind(scope, name, readVariable(variable, variable.loc), false)
        : [];
    });
    func.body = declaration.body ? [...parts, ...before, ...checkBody(scope, declaration.body)] : [];
    func.returns = scope.returns ?? voidType;
    if (func.linkage === "global" && !standsAlone(func.params, func.returns)) func.linkage = "static";
    func.slots = scope.slots;
    this.#unfinished.delete(func);
    this.functions.push(func);
    return func;
  }

  /** A name that nothing in the object has yet. */
  uniqueName(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.#names.has(name); i++) name = `${wanted}_${i}`;
    this.#names.add(name);
    return name;
  }
}

/** `SkBuff | XdpMd`: a parameter that takes several contexts. `T | null` is not one. */
const isUnion = (annotation: ts.TypeNode): boolean =>
  ts.isUnionTypeNode(annotation) && annotation.types.every((t) => ts.isTypeReferenceNode(t));

function parameter(session: Session, node: ts.ParameterDeclaration, type: Type, index: number): Variable {
  return {
    name: ts.isIdentifier(node.name) ? cName(node.name.text) : `parts${index}`,
    type,
    loc: session.locate(node),
    constant: isUnchanged(node.name, "body" in node.parent ? node.parent.body : undefined),
    parameter: index,
    copies: [],
  };
}

const hasDecoratorOf = (session: Session, node: FunctionNode): boolean =>
  ts.isConstructorDeclaration(node)
    ? true // a constructor's stores belong where the object is made
    : ts.canHaveDecorators(node) && hasDecorator(session, node, "inline");

function functionName(declaration: FunctionNode): string {
  const own = ts.isConstructorDeclaration(declaration)
    ? "constructor"
    : (declaration.name?.getText() ?? "anonymous");
  const owner = ts.isClassDeclaration(declaration.parent) ? declaration.parent : null;
  const inStruct = owner && (ts.isConstructorDeclaration(declaration) || !isProgramClass(owner));
  return cName(inStruct ? `${owner.name?.text ?? ""}_${own}` : own);
}

const isProgramClass = (node: ts.ClassDeclaration): boolean =>
  (ts.getDecorators(node) ?? []).some(
    (d) => ts.isCallExpression(d.expression) && d.expression.expression.getText() === "program",
  );
