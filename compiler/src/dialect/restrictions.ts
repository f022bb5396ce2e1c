import { ts } from "ts-morph";
import { type Message, TSB } from "../diagnostics/catalogue.js";
import type { Session } from "./session.js";

/** What is wrong with a node of this kind, or null if this one is fine. */
type Restriction = (node: never) => Message | null;

const refuse =
  (what: string, why: string, instead: string): Restriction =>
  () =>
    TSB.notInDialect(what, why, instead);

const NO_HEAP = "There is no heap and no garbage collector in the kernel.";
const FIXED = "What a function takes is fixed while compiling, one register each.";

const K = ts.SyntaxKind;

/** Syntax that TypeScript has and the dialect has not (dialect page, section 8). */
const restrictions: ReadonlyMap<ts.SyntaxKind, Restriction> = new Map<ts.SyntaxKind, Restriction>([
  [K.AwaitExpression, () => TSB.asyncCode("`await`")],
  [K.YieldExpression, () => TSB.asyncCode("A generator")],
  [K.FunctionExpression, () => TSB.storedClosure()],
  [K.ArrowFunction, arrowFunction],
  [K.FunctionDeclaration, functionLike],
  [K.MethodDeclaration, functionLike],
  [K.ThrowStatement, () => TSB.exceptions("`throw`")],
  [K.TryStatement, () => TSB.exceptions("`try`")],
  [
    K.GetAccessor,
    refuse("A getter", "A field is memory; code runs only where it is called.", "Write a method."),
  ],
  [
    K.SetAccessor,
    refuse("A setter", "A field is memory; code runs only where it is called.", "Write a method."),
  ],
  [K.Parameter, parameter],
  [
    K.RegularExpressionLiteral,
    refuse(
      "A regular expression",
      "Matching takes unbounded time and memory.",
      "Compare bytes in a loop with a bound, or match in Node.",
    ),
  ],
  [K.SpreadElement, refuse("Spread", NO_HEAP, "Name the elements, or use copy().")],
  [
    K.SpreadAssignment,
    refuse("Spread", NO_HEAP, "Use copy(target, source) for a whole struct, or assign the fields."),
  ],
  [
    K.DeleteExpression,
    refuse(
      "`delete`",
      "A struct's fields are fixed memory.",
      "Set the field to 0; entries of a map go with map.delete(key).",
    ),
  ],
  [
    K.TypeOfExpression,
    refuse(
      "`typeof` on a value",
      "Types exist only while compiling.",
      "The type is known: branch on the value.",
    ),
  ],
  [K.VoidExpression, refuse("`void`", "It has no use here.", "Write the expression as a statement.")],
  [
    K.ClassExpression,
    refuse(
      "A class expression",
      "A class is a struct or the program, known by its name.",
      "Declare a class in the module.",
    ),
  ],
  [
    K.ForInStatement,
    refuse(
      "`for … in`",
      "Structs have no keys at run time.",
      "Use `for … of` over an array, a range or a map.",
    ),
  ],
  [K.WithStatement, refuse("`with`", "Names are resolved while compiling.", "Write the object out.")],
  [
    K.DebuggerStatement,
    refuse("`debugger`", "Nobody can stop the kernel here.", "Use printk(), or a ring buffer."),
  ],
  [K.TaggedTemplateExpression, refuse("A tagged template", "Strings are fixed memory.", "Use snprintf().")],
  [K.HeritageClause, heritage],
  [K.MetaProperty, refuse("`import.meta`", "A BPF program has no module at run time.", "Leave it out.")],
  [K.BinaryExpression, binary],
]);

function functionLike(node: ts.FunctionDeclaration | ts.MethodDeclaration): Message | null {
  if (node.asteriskToken) return TSB.asyncCode("A generator");
  return node.modifiers?.some((m) => m.kind === K.AsyncKeyword) ? TSB.asyncCode("An `async` function") : null;
}

/** An arrow function may stand only where it is handed to a call. */
function arrowFunction(node: ts.ArrowFunction): Message | null {
  if (node.modifiers?.some((m) => m.kind === K.AsyncKeyword)) return TSB.asyncCode("An `async` function");
  return ts.isCallExpression(node.parent) ? null : TSB.storedClosure();
}

function parameter(node: ts.ParameterDeclaration): Message | null {
  if (node.dotDotDotToken)
    return TSB.notInDialect("A rest parameter", FIXED, "Name the parameters, or pass an array.");
  if (node.questionToken || node.initializer)
    return TSB.notInDialect("An optional parameter", FIXED, "Make it required, or write two functions.");
  return null;
}

function heritage(node: ts.HeritageClause): Message | null {
  return node.token === K.ExtendsKeyword && ts.isClassDeclaration(node.parent)
    ? TSB.notInDialect(
        "Inheritance",
        "A struct has one layout, and calls are static.",
        "Embed the other struct as a field.",
      )
    : null;
}

function binary(node: ts.BinaryExpression): Message | null {
  switch (node.operatorToken.kind) {
    case K.InKeyword:
      return TSB.notInDialect(
        "`in`",
        "A struct's fields are known while compiling.",
        "For a kernel field, use fieldExists(x.f).",
      );
    case K.InstanceOfKeyword:
      return TSB.notInDialect(
        "`instanceof`",
        "Structs carry no type at run time.",
        "Keep a kind in a field and compare it.",
      );
    case K.CommaToken:
      return TSB.notInDialect(
        "The comma operator",
        "It hides an effect in an expression.",
        "Write two statements.",
      );
    case K.AsteriskAsteriskToken:
    case K.AsteriskAsteriskEqualsToken:
      return TSB.notInDialect(
        "`**`",
        "BPF has no such instruction.",
        "Multiply in a loop with a bound, or shift.",
      );
    default:
      return null;
  }
}

const find = (node: ts.Node): Message | null => restrictions.get(node.kind)?.(node as never) ?? null;

/** Is this node refused by the pass over the syntax? */
export const outsideDialect = (node: ts.Node): boolean => find(node) !== null;

/** Reports all syntax outside the dialect; what is inside a refused node is not looked at. */
export function reportRestrictions(session: Session, source: ts.SourceFile): ts.Node[] {
  const refused: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const message = find(node) ?? moduleVariable(node);
    if (!message) {
      ts.forEachChild(node, visit);
      return;
    }
    session.report(whereToPoint(node), message);
    refused.push(node);
  };
  visit(source);
  return refused;
}

/** A long node is named by its first word, not underlined whole. */
function whereToPoint(node: ts.Node): ts.Node {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node))
    return node.modifiers?.find((m) => m.kind === K.AsyncKeyword) ?? node.asteriskToken ?? node.name ?? node;
  const long = ts.isTryStatement(node) || ts.isClassExpression(node) || ts.isForInStatement(node);
  return (long ? node.getFirstToken() : null) ?? node;
}

/** Module-level `let` and `var`. */
function moduleVariable(node: ts.Node): Message | null {
  if (!ts.isVariableStatement(node) || !ts.isSourceFile(node.parent)) return null;
  if (node.declarationList.flags & ts.NodeFlags.Const) return null;
  return TSB.moduleState(node.declarationList.declarations[0]?.name.getText() ?? "");
}
