import { ts } from "ts-morph";
import type { Message } from "../diagnostics/catalogue.js";
import { type Diagnostic, diagnosticAt, type Span } from "../diagnostics/diagnostic.js";
import type { KernelTypes } from "./kernel-types.js";
import type { Place } from "./model/expressions.js";
import type { Loc, SourceFile } from "./model/location.js";
import type { EnumType, StructType, Type } from "./model/types.js";
import type { Target } from "./target.js";

/** Where the modules of the standard library are, and what a source file is called in the object. */
export interface ModuleNames {
  isStdlib(fileName: string): boolean;
  /** Written by `tsbpfc vmlinux`, or made in memory: its types are the kernel's. */
  isKernel(fileName: string): boolean;
  objectName(fileName: string): string;
}

/** What one check of a file shares: the checker, what was found so far, and what was wrong. */
export class Session {
  readonly diagnostics: Diagnostic[] = [];
  readonly files: SourceFile[] = [];
  /** Structs and enums by declaration and type arguments, so that each is one object. */
  readonly structs = new Map<string, StructType>();
  /** What a generic struct was made for, by its shape. */
  readonly structArguments = new Map<StructType["shape"], readonly Type[]>();
  readonly enums = new Map<ts.Symbol, EnumType>();
  /** Where the index of an element is written. */
  readonly indexes = new WeakMap<Place, ts.Node>();
  /** What of the probe is being checked, where that leads into the standard library; innermost last. */
  readonly #users: ts.Node[] = [];
  /** What of the probe led to a place in the standard library. */
  readonly #userOf = new WeakMap<Loc, ts.Node>();
  readonly #fileIndex = new Map<ts.SourceFile, number>();
  readonly #ids = new Map<object, number>();

  constructor(
    readonly checker: ts.TypeChecker,
    readonly modules: ModuleNames,
    readonly kernel: KernelTypes,
    readonly target: Target,
  ) {}

  /** The symbol that a name stands for, behind imports. */
  symbolOf(node: ts.Node): ts.Symbol | null {
    // The `a` of `{ a }` names a field, and here the variable.
    const symbol = ts.isShorthandPropertyAssignment(node.parent)
      ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.checker.getSymbolAtLocation(node);
    if (!symbol) return null;
    const named = this.unaliased(symbol);
    // An import of what its module does not have: the checker's symbol for the unknown, declared nowhere.
    return symbol !== named && !named.declarations ? null : named;
  }

  unaliased(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** A function of the standard library, by what the probe's file imports from there. */
  stdlibFunction(name: string, file: ts.SourceFile): ts.FunctionDeclaration | null {
    const module = file.statements
      .filter(ts.isImportDeclaration)
      .map(({ moduleSpecifier }) => this.checker.getSymbolAtLocation(moduleSpecifier))
      .find((symbol) => symbol !== undefined && this.stdlibName(symbol) !== null);
    const found = module && this.checker.getExportsOfModule(module).find((symbol) => symbol.name === name);
    const declaration = found && this.unaliased(found).valueDeclaration;
    return declaration && ts.isFunctionDeclaration(declaration) ? declaration : null;
  }

  /** The symbol's name if the standard library declares it, else null. */
  stdlibName(symbol: ts.Symbol): string | null {
    const declaration = symbol.declarations?.[0];
    return declaration && this.modules.isStdlib(declaration.getSourceFile().fileName) ? symbol.name : null;
  }

  locate(node: ts.Node): Loc {
    const source = node.getSourceFile();
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    const loc = { file: this.#fileOf(source), line: line + 1, column: character + 1 };
    const user = this.#users.at(-1);
    if (user && this.#isOurs(source)) this.#userOf.set(loc, user);
    return loc;
  }

  /** Does what `node` asks for: what is wrong with the standard library's code is reported at the probe's node. */
  usedBy<T>(node: ts.Node, work: () => T): T {
    if (this.#isOurs(node.getSourceFile())) return work();
    this.#users.push(node);
    try {
      return work();
    } finally {
      this.#users.pop();
    }
  }

  /** @param loc where the model has it, once that is made */
  report(node: ts.Node, message: Message, loc?: Loc): void {
    const source = node.getSourceFile();
    const user = loc ? this.#userOf.get(loc) : this.#users.at(-1);
    if (user && this.#isOurs(source)) this.#reportUse(user, message, loc ?? this.locate(node));
    else this.reportAt(source, node.getStart(source), node.getEnd(), message);
  }

  /** At a place of the model: its word is underlined. */
  reportLoc(loc: Loc, message: Message): void {
    const user = this.#userOf.get(loc);
    if (user) this.#reportUse(user, message, loc);
    else this.#add(this.spanAt(loc), message);
  }

  /** The word at a place of the model; of the standard library's, what of the probe led there. */
  spanAt(loc: Loc): Span {
    const user = this.#userOf.get(loc);
    if (user) return spanOf(user.getSourceFile(), user.getStart(), user.getEnd());
    const [source] = [...this.#fileIndex].find(([, index]) => index === loc.file) ?? [];
    if (!source) throw new RangeError(`no file ${loc.file} is checked`);
    const start = source.getPositionOfLineAndCharacter(loc.line - 1, loc.column - 1);
    const token = /^[\w$]+/.exec(source.text.slice(start, start + 200));
    return spanOf(source, start, start + (token?.[0].length ?? 1));
  }

  #reportUse(user: ts.Node, message: Message, { file, line }: Loc): void {
    const why = `${message.why} It is at ${this.files[file]?.name}:${line}, which this leads to.`;
    this.report(user, { ...message, why });
  }

  #isOurs = (source: ts.SourceFile): boolean => this.modules.isStdlib(source.fileName);

  reportAt(source: ts.SourceFile, start: number, end: number, message: Message): void {
    this.#add(spanOf(source, start, end), message);
  }

  #add(span: Span, message: Message): void {
    this.diagnostics.push(diagnosticAt(span, message));
  }

  /** A number for an object, the same each time; for keys made of several objects. */
  idOf(object: object): number {
    let id = this.#ids.get(object);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(object, id);
    }
    return id;
  }

  #fileOf(source: ts.SourceFile): number {
    let index = this.#fileIndex.get(source);
    if (index === undefined) {
      index = this.files.length;
      this.files.push({ name: this.modules.objectName(source.fileName), text: source.text });
      this.#fileIndex.set(source, index);
    }
    return index;
  }
}

export function spanOf(source: ts.SourceFile, start: number, end: number): Span {
  const from = source.getLineAndCharacterOfPosition(start);
  const to = source.getLineAndCharacterOfPosition(end);
  return {
    file: source.fileName,
    line: from.line + 1,
    column: from.character + 1,
    endLine: to.line + 1,
    endColumn: to.character + 1,
  };
}
