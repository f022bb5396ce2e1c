import { ts } from "ts-morph";
import { type Message, TSB } from "../diagnostics/catalogue.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { spanOf } from "./session.js";

/**
 * What the TypeScript checker says, where the dialect knows better why it is wrong and what to write. The
 * checker's codes are those of TypeScript 5.9 and 6.0.
 */
type Rewrite = (node: ts.Node, text: string) => Message | null;

const possiblyNull: Rewrite = (node) => TSB.notChecked(`'${node.getText()}'`);

/** A decorator that does not fit what it stands on: TypeScript explains it in several nested sentences. */
const decorator: Rewrite = (node, text) => {
  const call = enclosing(node, ts.isDecorator)?.expression;
  if (!call || !ts.isCallExpression(call)) return null;
  const name = call.expression.getText();
  if (name === "SEC") {
    const [section] = call.arguments;
    return section && ts.isStringLiteralLike(section)
      ? TSB.wrongContext(section.text, calledAs(section.text, text))
      : null;
  }
  return name === "map" ? TSB.mapOption(misfit(text) ?? lastSentence(text)) : null;
};

/** What the standard library names in a property that nothing has: `this kind of map needs`, and the options. */
function misfit(text: string): string | null {
  const [, what, options] = /\{ readonly "(this kind of map [^"]+)": ("[^;]+); \}/.exec(text) ?? [];
  return what && options ? `${what} ${options.replace(/"/g, "").replace(/ \| /g, ", ")}.` : null;
}

/** What the standard library names the functions that a section takes, and the event's fields where they are named. */
const FUNCTION = /^Fn(?<more>WithArgs)?<(?<context>\{.*\}|[^,<>]+(?:<[^<>]*>)?)(?:, (?<result>.*))?>$/;

/** The function's type that a section asks for, written out. */
function calledAs(section: string, text: string): string {
  const type =
    /assignable to parameter of type '((?:[^']|'(?=[A-Za-z]))*)'/.exec(text)?.[1] ?? "another function";
  const { context, more, result = "i32" } = FUNCTION.exec(type.replace(/\s+/g, " "))?.groups ?? {};
  if (context === undefined) return type.replace(/\s+/g, " ");
  const event = /^\??(?:tracepoint|tp)\/(.*)/.exec(section)?.[1];
  const named = context.startsWith("{") && event !== undefined ? `Tracepoint<"${event}">` : context;
  return `(ctx: ${named}${more ? ", …arguments" : ""}) => ${result}`;
}

/** Arguments of a decorator: an unknown option, a section that does not exist. */
const argument: Rewrite = (node, text) => {
  const call = enclosing(node, ts.isDecorator)?.expression;
  if (!call || !ts.isCallExpression(call)) return null;
  const name = call.expression.getText();
  if (name === "SEC" && ts.isStringLiteralLike(node)) return TSB.unknownSection(node.text);
  return name === "map" ? TSB.mapOption(lastSentence(text)) : null;
};

/** An option that does not fit its map: TypeScript says that its value should be `never`. */
const option: Rewrite = (node, text) => {
  const call = enclosing(node, ts.isDecorator)?.expression;
  if (!call || !ts.isCallExpression(call) || call.expression.getText() !== "map") return null;
  return TSB.mapOption(
    text.includes("'never'") ? `there is no option '${node.getText()}' here.` : lastSentence(text),
  );
};

const unknownName: Rewrite = (node) => (ts.isIdentifier(node) ? TSB.unknownName(node.text) : null);

/** An import of the kernel's types: the module is not there (in the editor), or has no such type. */
const kernelImport: Rewrite = (node) => {
  const from = enclosing(node, ts.isImportDeclaration)?.moduleSpecifier;
  if (!from || !ts.isStringLiteral(from) || !/(^|\/)vmlinux$/.test(from.text)) return null;
  return TSB.kernelTypeMissing(
    node === from ? `The module '${from.text}'` : `The kernel type '${node.getText()}'`,
  );
};

/** A pattern that takes apart what may be null: TypeScript says that `null` has no such property. */
const ofNull: Rewrite = (node, text) => {
  if (!/on type '.* \| null'\.$/.test(text)) return null;
  const declared = enclosing(node, ts.isVariableDeclaration)?.initializer;
  return TSB.notChecked(declared ? `'${declared.getText()}'` : "What is taken apart");
};

/** What an import names is not in its module. */
const missingImport: Rewrite = (node, text) => {
  const kernel = kernelImport(node, text);
  const from = enclosing(node, ts.isImportDeclaration)?.moduleSpecifier;
  if (kernel || !from || !ts.isStringLiteral(from)) return kernel;
  return TSB.exportMissing(node.getText(), from.text);
};

const implicitAny: Rewrite = () => TSB.anyType();

const rewrites: ReadonlyMap<number, Rewrite> = new Map<number, Rewrite>([
  [2531, possiblyNull], // Object is possibly 'null'.
  [2533, possiblyNull],
  [18047, possiblyNull], // 'x' is possibly 'null'.
  [18049, possiblyNull],
  [1240, decorator], // Unable to resolve signature of property decorator
  [1241, decorator], // Unable to resolve signature of method decorator
  [1270, decorator], // Decorator function return type is not assignable
  [2305, missingImport], // Module has no exported member
  // Where TypeScript knows a name that is like it (2724), it says so, and has a fix for it.
  [2307, kernelImport], // Cannot find module
  [2322, option], // Type … is not assignable to type 'never'
  [2345, argument], // Argument of type … is not assignable
  [2353, argument], // Object literal may only specify known properties
  [2561, argument], // … but 'x' does not exist. Did you mean to write 'y'?
  [2554, argument], // Expected 1 arguments, but got 0
  [2769, argument], // No overload matches this call
  [2304, unknownName], // Cannot find name
  [2552, unknownName], // Cannot find name. Did you mean …?
  [2584, unknownName], // Cannot find name 'console'. … change your target library
  [2583, unknownName],
  [2339, ofNull], // Property does not exist on type 'ptr<T> | null'
  [7005, implicitAny],
  [7006, implicitAny], // Parameter implicitly has an 'any' type
  [7008, implicitAny], // Member implicitly has an 'any' type
  [7031, implicitAny],
  [7034, implicitAny],
]);

/** A checker's diagnostic in the dialect's form: rewritten where there is more to say, else as it is. */
export function fromTypeScript(diagnostic: ts.Diagnostic): Diagnostic | null {
  const { file, start, length } = diagnostic;
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
  if (!file || start === undefined) return null;
  const span = spanOf(file, start, start + (length ?? 0));
  const node = nodeAt(file, start, start + (length ?? 0));
  const message = node && rewrites.get(diagnostic.code)?.(node, text);
  if (message)
    return {
      code: message.code,
      severity: "error",
      span,
      message: message.what,
      reason: message.why,
      remedy: message.instead,
    };
  return { code: `TS${diagnostic.code}`, severity: "error", span, message: text, reason: "", remedy: "" };
}

/** The outermost node that the checker underlines. */
function nodeAt(file: ts.SourceFile, start: number, end: number): ts.Node | null {
  let found: ts.Node | null = null;
  const visit = (node: ts.Node): void => {
    if (found || node.getEnd() < start || node.getFullStart() > end) return;
    if (node.getStart(file) === start && node.getEnd() === end) found = node;
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function enclosing<T extends ts.Node>(node: ts.Node, test: (node: ts.Node) => node is T): T | null {
  for (let at: ts.Node | undefined = node; at; at = at.parent) if (test(at)) return at;
  return null;
}

const lastSentence = (text: string): string => (text.split("\n").at(-1) ?? text).trim();
